/**
 * The shim around the engine: every call is answered, whatever becomes of the engine.
 *
 * A lookup or a wait ends with the engine's answer, with the engine's death, or with its deadline, whichever is first.
 * An exception out of a call is a trap (a panic, a stack overflow, no memory): the engine is not called again. What the
 * engine calls is answered at once and acted on in a microtask, when no frame of the engine is on the stack. In place of
 * the first engine that traps comes another one, of an instance of its own.
 */

import type { Engine, EngineOptions, Fresh, Host, StoredRecord, Token, Verdict } from './boundary.js';
import { openDatabase } from './database.js';
import type { Deadlines, Due } from './deadlines.js';
import type { Tabs } from './tabs.js';

/** How long a response is held back while the change it brings is committed, ms. */
export const HOLD_WITHIN = 50;

/** Takes what `answered` brings. */
export type Answer = (
  verdict: Verdict,
  layer: '' | 'memory' | 'indexeddb',
  record: StoredRecord | undefined,
  token: Token | undefined,
) => void;

/** What the engine has to say that is not the answer to a question. */
export interface Listener {
  opened(mode: 'indexeddb' | 'memory', reason: string): void;
  changed(handle: number, cause: string, version: number | undefined, suspended: boolean): void;
  late(id: number, rule: string): void;
  stored(id: number): void;
  /** Said once per page and cause. */
  warn(cause: string, detail: string): void;
  /** The engine trapped; the next one knows nothing yet. */
  replaced(message: string): void;
  /** So did the next one. */
  trapped(message: string): void;
}

interface Lookup extends Due {
  answer: Answer;
}

interface Wait extends Due {
  end(value: number | undefined): void;
}

export class Shim implements Host {
  /** The counters of every engine; an engine finds them here. */
  readonly counts: Record<string, number> = { timeouts: 0, restarts: 0 };
  echoName = '';
  #engine!: Engine;
  readonly #lookups = new Map<number, Lookup>();
  readonly #waits = new Map<number, Wait>();
  #dead = false;
  #last = 0;
  /** The lookup that is being asked; 0 once it is answered. */
  #asking = 0;
  #answered: Parameters<Answer> | undefined;
  /** The response that is being observed; 0 once it is settled. */
  #observing = 0;

  constructor(
    readonly fresh: Fresh,
    readonly options: EngineOptions,
    readonly listener: Listener,
    readonly deadlines: Deadlines,
    readonly tabs: Tabs,
  ) {
    this.#begin();
  }

  #begin(): void {
    const Engine = this.fresh();
    this.#engine = new Engine(this, this.options);
    this.#dead = false;
  }

  /** A name for the next question. */
  next(): number {
    return ++this.#last;
  }

  /** Calls the engine; `otherwise` where it is dead or dies of this. */
  call<T>(run: (engine: Engine) => T): T | undefined;
  call<T>(run: (engine: Engine) => T, otherwise: T): T;
  call<T>(run: (engine: Engine) => T, otherwise?: T): T | undefined {
    if (this.#dead) return otherwise;
    try {
      return run(this.#engine);
    } catch (error) {
      this.panicked(String(error));
      return otherwise;
    }
  }

  /** Looks up `key`; answers before it returns if the engine does. A deadline is answered with the verdict `timeout`. */
  lookup(handle: number, key: string, due: () => number, answer: Answer): void {
    const id = this.next();
    this.#asking = id;
    this.call((engine) => engine.lookup(id, handle, key, Date.now()));
    this.#asking = 0;
    const answered = this.#answered;
    this.#answered = undefined;
    if (answered) return answer(...answered);
    if (this.#dead) return answer('panic', '', undefined, undefined);
    const lookup: Lookup = {
      due: due(),
      answer,
      expire: () => {
        this.#lookups.delete(id);
        answer('timeout', '', undefined, undefined);
      },
    };
    this.#lookups.set(id, lookup);
    this.deadlines.add(lookup);
  }

  /** Tells of a response; the bits of `Engine.observe`. */
  observe(id: number, run: (engine: Engine) => number): number {
    this.#observing = id;
    return this.call(run, 0);
  }

  /** Calls `go` when the response `id`, observed just now, is settled; `HOLD_WITHIN` from now at the latest. */
  hold(id: number, go: () => void): void {
    if (this.#dead || this.#observing !== id) return go();
    this.#wait(id, HOLD_WITHIN, go);
  }

  /** Asks for something that is settled later; the count it is settled with, `undefined` after `within` ms. */
  settle(within: number, run: (engine: Engine, id: number) => void): Promise<number | undefined> {
    return new Promise((end) => {
      if (this.#dead) return end(undefined);
      const id = this.next();
      this.#wait(id, within, end);
      this.call((engine) => run(engine, id));
    });
  }

  #wait(id: number, within: number, end: (value?: number) => void): void {
    const wait: Wait = {
      due: performance.now() + within,
      end,
      expire: () => {
        this.#waits.delete(id);
        end();
      },
    };
    this.#waits.set(id, wait);
    this.deadlines.add(wait);
  }

  /** Ends the engine; what is pending is answered as by a dead one. */
  close(): void {
    this.call((engine) => engine.close());
    this.counts['restarts'] = Infinity;
    this.#end('closed');
    this.tabs.close();
  }

  #end(reason: string): void {
    this.#dead = true;
    const [lookups, waits] = [[...this.#lookups.values()], [...this.#waits.values()]];
    this.#lookups.clear();
    this.#waits.clear();
    queueMicrotask(() => {
      for (const item of [...lookups, ...waits]) this.deadlines.delete(item);
      for (const wait of waits) wait.end(undefined);
      for (const lookup of lookups) lookup.answer(reason, '', undefined, undefined);
    });
  }

  // From here on: what the engine calls.

  answered(
    id: number,
    verdict: Verdict,
    layer: '' | 'memory' | 'indexeddb',
    record: StoredRecord | undefined,
    token: Token | undefined,
  ): void {
    if (id === this.#asking) {
      this.#asking = 0;
      this.#answered = [verdict, layer, record, token];
      return;
    }
    const lookup = this.#lookups.get(id);
    if (!lookup) return;
    this.#lookups.delete(id);
    this.deadlines.delete(lookup);
    queueMicrotask(() => lookup.answer(verdict, layer, record, token));
  }

  settled(id: number, value?: number): void {
    if (id === this.#observing) this.#observing = 0;
    const wait = this.#waits.get(id);
    if (!wait) return;
    this.#waits.delete(id);
    this.deadlines.delete(wait);
    queueMicrotask(() => wait.end(value));
  }

  opened(mode: 'indexeddb' | 'memory', reason: string): void {
    queueMicrotask(() => this.#dead || this.listener.opened(mode, reason));
  }

  changed(handle: number, cause: string, version: number | undefined, _enabled: boolean, suspended: boolean): void {
    queueMicrotask(() => this.#dead || this.listener.changed(handle, cause, version, suspended));
  }

  broadcast(partition: string): void {
    this.tabs.tell(partition);
  }

  warn(cause: string, detail: string): void {
    this.listener.warn(cause, detail);
  }

  late(id: number, rule: string): void {
    queueMicrotask(() => this.listener.late(id, rule));
  }

  stored(id: number): void {
    queueMicrotask(() => this.listener.stored(id));
  }

  openDatabase(): IDBOpenDBRequest {
    return openDatabase();
  }

  panicked(message: string): void {
    if (this.#dead) return;
    queueMicrotask(() => this.#replace(message));
    this.#end('panic');
  }

  #replace(message: string): void {
    const { counts, listener } = this;
    if (counts['restarts']!++) return listener.trapped(message);
    try {
      this.#begin();
    } catch (error) {
      return listener.trapped(String(error));
    }
    listener.replaced(message);
  }
}
