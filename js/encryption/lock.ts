import type { Client } from '../client.js';
import type { StoredRecord } from '../boundary.js';
import { type Content, deriveKey } from './seal.js';

/** The fewest characters of a secret: in base 64, 96 random bits. */
const FEWEST = 16;

/** What a sealed body holds, and the record it was found in with that in its place. */
export interface Opened {
  readonly content: Content;
  from?: StoredRecord;
  record?: StoredRecord;
}

/** The secret, or why there is none, in a sentence. */
export function ask(client: Client, source: () => string | null): { readonly secret: string } | { readonly lack: string } {
  if (!globalThis.crypto?.subtle) return { lack: 'This page has no WebCrypto, which browsers offer over https and on localhost only.' };
  try {
    const secret: unknown = client.ask(source) ?? null;
    if (secret === null) return { lack: 'No secret is given for this user.' };
    if (typeof secret === 'string' && secret.length >= FEWEST) return { secret };
    return { lack: `The secret is no string of at least ${FEWEST} characters.` };
  } catch (error) {
    return { lack: `The secret is not known: ${String(error)}.` };
  }
}

/** The key of the user who is named, while there is a secret for it, and what it has opened. */
export class Lock {
  /** By the sealed body, as long as that is in memory: nothing is opened twice. */
  opened = new WeakMap<ArrayBuffer, Opened>();
  #secret: string | undefined;
  #key: Promise<CryptoKey> | undefined;

  constructor(
    readonly client: Client,
    readonly source: () => string | null,
  ) {}

  /** Asks for the secret; `undefined`: it is locked. `quiet`: the secret may still be on its way. */
  key(quiet?: boolean): Promise<CryptoKey> | undefined {
    const { user, warn } = this.client;
    const asked = ask(this.client, this.source);
    if ('lack' in asked) {
      this.shut();
      if (!quiet) warn(`encryption: ${asked.lack}`, `nothing is stored or served from what is, since encryptAtRest needs a key. ${asked.lack}`);
    } else if (asked.secret !== this.#secret && user !== null) {
      this.shut();
      this.#secret = asked.secret;
      this.#key = deriveKey(asked.secret, user);
      this.#key.catch((error: unknown) => warn('encryption', `nothing is stored, since the key cannot be made (${String(error)}).`));
    }
    return this.#key;
  }

  /** Nothing of the key is left, nor of what it opened. */
  shut(): void {
    this.#secret = this.#key = undefined;
    this.opened = new WeakMap();
  }
}
