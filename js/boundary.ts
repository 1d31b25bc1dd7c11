/**
 * The boundary between the page and the WebAssembly engine. Everything here is synchronous; answers come back by id.
 */

/** What a request carries while it is under way; `undefined` is the unknown token. Opaque but for S5. */
export type Token = readonly [incarnation: number, generation: number, clock: number, departed: number];

/** A response as it is kept. */
export interface StoredRecord {
  /** When it was stored, ms since the epoch. */
  readonly stored: number;
  /** How long it is fresh, ms. */
  readonly fresh: number;
  /** What body and header lines weigh together, bytes. */
  readonly bytes: number;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  /** Lines `name: value`, joined by line feeds. */
  readonly headers: string;
  readonly body: string | ArrayBuffer;
}

/** Anything headers can be read from; several values of one name are joined by `, `. */
export interface HeaderSource {
  get(name: string): string | null;
}

/** `fresh`, `stale`, or why a lookup did not end in a response. */
export type Verdict = string;

export interface EngineOptions {
  maxBytes: number;
  maxEntries: number;
  memoryBytes: number;
  openTimeout: number;
  ttl: number;
  versionlessTtl: boolean;
  /** Request headers that are part of keys, joined by commas. */
  keyHeaders: string;
  mirror: Storage | null;
}

/** Bit of {@link Engine.observe}: bring the body, by `admit`, or say `abandon`. */
export const BRING = 1;
/** Bit of {@link Engine.observe}: deliver after `settled`, or after 50 ms. */
export const HOLD = 2;

/** A rule's time where no rule names the URL; where one names it but gives no time, NaN. */
export const NO_RULE = -1;

/**
 * The cache of one page. It makes no requests; the page does, and tells it what came.
 *
 * Every method returns at once. Whatever takes time ends in a call of the host: a lookup in `answered`, the rest in
 * `settled` with the id that was given. Ids are the page's own and must not be reused while they are in use. `now` is ms
 * since the epoch.
 */
export interface Engine {
  /** Begins to open the database; `Host.opened` tells how that ended. */
  open(): void;
  /**
   * The handle of a partition: everything kept for this user of this server origin. Handles stay valid. `scopeIsUser`: the
   * application names its users by the server's `X-Cache-Scope`.
   */
  partition(server: string, user: string, scopeIsUser: boolean): number;
  /** The application names this partition's user now: at start, at sign-in (R11, S6). Settled when it is on record. */
  name_user(id: number, handle: number, cookieSession: boolean): void;
  /** Looks a response up; `answered(id, …)` comes exactly once, at once where memory has it. */
  lookup(id: number, handle: number, key: string, now: number): void;
  /**
   * The record that `lookup` would be answered with, `fresh` from memory, where that is certain without asking: nothing it
   * depends on can have changed since it was. `undefined` says nothing.
   */
  again(handle: number, key: string, now: number): StoredRecord | undefined;
  /** The token of a request that departs without a lookup; `undefined` while nothing is known. */
  depart(handle: number, now: number): Token | undefined;
  /**
   * A response has arrived: any response, whatever its method and status. `key` is `undefined` for what is not to be stored;
   * `ruleTtl` and `ruleStale` are the matching rule's, ms, NaN where it gives none (see {@link NO_RULE}). The answer is a sum
   * of {@link BRING} and {@link HOLD}.
   */
  observe(
    id: number,
    handle: number,
    token: Token | undefined,
    key: string | undefined,
    url: string,
    method: string,
    status: number,
    headers: HeaderSource,
    ruleTtl: number,
    ruleStale: number,
  ): number;
  /** The body of a response that `observe` asked for, in the record it becomes: nobody changes it any more. */
  admit(id: number, record: Pick<StoredRecord, 'body' | 'bytes' | 'headers' | 'statusText'>, now: number): void;
  /** The body will not come. */
  abandon(id: number): void;
  /** A version was learned without a response (R12); what is no version is ignored. */
  learn(handle: number, version: number, scope: string | undefined): void;
  /** R10: clears a partition, or with a negative handle every one on record. Settled when it holds. */
  clear(id: number, handle: number): void;
  /**
   * Invalidates also what is under way (R13), and removes what it covers; settled with how many that were. `flags` belong to
   * a pattern.
   */
  invalidate(id: number, handle: number, kind: 'url' | 'prefix' | 'pattern' | 'group', source: string, flags: string): void;
  /** Another tab changed this partition. */
  heard(partition: string): void;
  /** The page was asleep or hidden: memory answers only after the states were read again (S1b). */
  wake(): void;
  /** The version this tab knows. */
  version(handle: number): number | undefined;
  /** Whether the server has caching switched on for this user; `undefined` while nothing is known. */
  enabled(handle: number): boolean | undefined;
  /** What the request header `Host.echoName` is to say; `undefined` for nothing (H3). */
  echo(handle: number): string | undefined;
  /** How often things happened, by name, since the engine was made. */
  counters(): Record<string, number>;
  /** Closes the database. The engine opens it again if it is used again. */
  close(): void;
  /** Panics, so that the page's defence against a broken module can be tried. */
  trap(): void;
}

/** What the engine calls. Every method returns normally and calls no code of the application. */
export interface Host {
  /** Where the engine counts, by name. */
  readonly counts: Record<string, number>;
  /** The request header in which {@link Engine.echo}'s value travels; the engine says it when it is made. */
  echoName: string;
  answered(
    id: number,
    verdict: Verdict,
    layer: '' | 'memory' | 'indexeddb',
    record: StoredRecord | undefined,
    token: Token | undefined,
  ): void;
  settled(id: number, value?: number): void;
  opened(mode: 'indexeddb' | 'memory', reason: string): void;
  changed(handle: number, cause: string, version: number | undefined, enabled: boolean, suspended: boolean): void;
  broadcast(partition: string): void;
  /** Something the developer should know; `warnings.ts` has the sentences. */
  warn(cause: string, detail: string): void;
  late(id: number, rule: string): void;
  /** A body is on record. */
  stored(id: number): void;
  panicked(message: string): void;
  /** A request for the database; its stores are made where they are not there. May throw as `indexedDB.open` does. */
  openDatabase(): IDBOpenDBRequest;
}

/** The class of the engines of one instance of the module. */
export interface EngineClass {
  new (host: Host, options: EngineOptions): Engine;
}

/** Makes an instance of the module. */
export type Fresh = () => EngineClass;

/** What the generated module beside the `.wasm` file exports: makes another instance each time. */
export type Glue = (module: WebAssembly.Module) => EngineClass;
