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

/** The engine; `now` is ms since the epoch. */
export interface Engine {
  open(): void;
  partition(server: string, user: string, scopeIsUser: boolean): number;
  name_user(id: number, handle: number, cookieSession: boolean): void;
  lookup(id: number, handle: number, key: string, now: number): void;
  depart(handle: number, now: number): Token | undefined;
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
  admit(id: number, record: Pick<StoredRecord, 'body' | 'bytes' | 'headers' | 'statusText'>, now: number): void;
  abandon(id: number): void;
  learn(handle: number, version: number, scope: string | undefined): void;
  clear(id: number, handle: number): void;
  invalidate(id: number, handle: number, kind: 'url' | 'prefix' | 'pattern' | 'group', source: string, flags: string): void;
  heard(partition: string): void;
  wake(): void;
  version(handle: number): number | undefined;
  enabled(handle: number): boolean | undefined;
  echo(handle: number): string | undefined;
  counters(): Record<string, number>;
  close(): void;
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
