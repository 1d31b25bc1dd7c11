/** The runtime with a lock between it and what is kept: bodies go in sealed and come out opened. */

import type { Fresh, StoredRecord } from '../boundary.js';
import type { Client, Receive } from '../client.js';
import type { Due } from '../deadlines.js';
import type { Passage } from '../passage.js';
import type { Runtime } from '../runtime.js';
import type { CacheLayer } from '../types.js';
import { Lock } from './lock.js';
import { SEALED } from './mark.js';
import { type Content, isSame, isSealable, open, seal } from './seal.js';

/** What a lookup found and has opened by now. */
interface Found {
  readonly layer: '' | CacheLayer;
  readonly sealed: ArrayBuffer;
}

/** `base`, which keeps what it is given as it is, with bodies sealed by a key that comes of a secret. */
export function sealing(base: typeof Runtime, secret: () => string | null): typeof Runtime {
  return class extends base {
    readonly #client: Client;
    readonly #lock: Lock;

    constructor(client: Client, fresh: Fresh) {
      super(client, fresh);
      this.#client = client;
      this.#lock = new Lock(client, secret);
    }

    override name(user: string | null): void {
      this.#lock.shut();
      super.name(user);
      // There by the time it is needed.
      if (user !== null) this.#lock.key(true);
    }

    override close(): void {
      this.#lock.shut();
      super.close();
    }

    protected override key(p: Passage): string {
      if (!p.key) p.key = super.key(p) + SEALED;
      return p.key;
    }

    override depart(p: Passage): void {
      if (p.plan === 'store') this.#unlock(p);
      super.depart(p);
    }

    /** The key. Without it the request goes past what is stored, and its response is observed only. */
    #unlock(p: Passage): Promise<CryptoKey> | undefined {
      const key = this.#lock.key();
      if (!key) {
        p.plan = 'observe';
        p.why = 'locked';
      }
      return key;
    }

    override lookup(p: Passage, receive: Receive): void {
      this.#look(p, receive);
    }

    /** What was opened is looked up once more, as a rule in memory: it may have ceased to be servable meanwhile (S1a). */
    #look(p: Passage, receive: Receive, found?: Found): void {
      const key = this.#unlock(p);
      if (!key) return receive(p.why, '', undefined);
      super.lookup(p, (verdict, answered, record) => {
        const layer = found?.layer ?? answered;
        const plain = record && this.#plain(record, found?.sealed);
        if (!record || plain) return receive(verdict, layer, plain);
        const sealed = record.body as ArrayBuffer;
        this.#open(p, record, key, (failure) => {
          if (!failure) return this.#look(p, receive, { layer, sealed });
          p.why = failure;
          super.depart(p);
          receive(failure, '', undefined);
        });
      });
    }

    /** A record with what its body held, if that is known: of itself, or of a copy that was opened just now. */
    #plain(record: StoredRecord, copy: ArrayBuffer | undefined): StoredRecord | undefined {
      const sealed = record.body as ArrayBuffer;
      const { opened } = this.#lock;
      const known = opened.get(sealed) ?? (copy && isSame(copy, sealed) ? opened.get(copy) : undefined);
      if (!known) return undefined;
      if (known.from !== record) {
        opened.set(sealed, known);
        known.from = record;
        known.record = { ...record, ...known.content };
      }
      return known.record;
    }

    /** Opens a record's body and remembers what it holds; `end` hears of a failure, or of none, when it is due at the latest. */
    #open(p: Passage, { body, url }: StoredRecord, key: Promise<CryptoKey>, end: (failure?: string) => void): void {
      const client = this.#client;
      const { opened } = this.#lock;
      const sealed = body as ArrayBuffer;
      let waiting = true;
      const over = (failure?: string) => {
        if (!waiting) return;
        waiting = false;
        client.deadlines.delete(item);
        end(failure);
      };
      const item: Due = { due: client.due(p), expire: () => over('timeout') };
      client.deadlines.add(item);
      const opening = key.then((key) => open(key, this.#place(p, url), sealed));
      opening.then(
        (content) => {
          opened.set(sealed, { content });
          over();
        },
        () => over('sealed'),
      );
    }

    override admit(p: Passage, body: string | ArrayBuffer, statusText: string, headers: string): void {
      // What was asked for as one user is not sealed with another's key (S4).
      const key = p.naming === this.#client.naming && isSealable(body) ? this.#lock.key() : undefined;
      if (!key) return this.abandon(p);
      const content: Content = { body, statusText, headers };
      const { opened } = this.#lock;
      const sealing = key.then((key) => seal(key, this.#place(p, p.route.href), content));
      sealing.then(
        (sealed) => {
          opened.set(sealed, { content });
          super.admit(p, sealed, '', '');
        },
        () => this.abandon(p),
      );
    }

    /** What a sealed body is bound to: server, user, request, URL. */
    #place(p: Passage, url: string): string {
      return JSON.stringify([p.route.origin, p.user, this.key(p), url]);
    }
  };
}
