/**
 * The public types of `hybrid-cache`. Times are milliseconds, sizes are bytes, instants are milliseconds since the
 * Unix epoch, unless a field says otherwise.
 */

import type { Client } from './client.js';
import type { CacheEntryInfo, CacheSnapshot, Diagnosis, Explanation, ImportResult } from './inspection.js';
import type { Runtime } from './runtime.js';

/**
 * Which URLs something applies to.
 *
 * - A string beginning with `/` is a prefix of path and query. In `include` it stands for the page's own origin; in
 *   `rules` and `delete()` see there.
 * - Any other string must begin with `http://` or `https://` and is a prefix of the absolute URL.
 * - A regular expression is tested against the absolute URL. Its `lastIndex` is neither read nor changed.
 *
 * The absolute URL is the canonical one: no fragment, query parameters sorted by name.
 */
export type UrlMatch = string | RegExp;

/** The responses that bear a tag: one the request was given (`withCache` of `hybrid-cache/angular`), or a group the server named (RFC 9875). */
export interface TagMatch {
  readonly tag: string;
}

/** How one group of URLs is treated. The first rule that matches decides; rules are not combined. */
export interface CacheRule {
  /** The URLs. A string that begins with `/` matches the path of every server that `include` lets in. */
  readonly match: UrlMatch;
  /** How long a response is fresh where the server names no lifetime for this cache. Default: {@link HybridCacheOptions.ttl}. */
  readonly ttl?: number;
  /** How long after that it may be served while it is fetched again (RFC 5861). Default: 0. */
  readonly staleWhileRevalidate?: number;
  /** `false`: responses are neither served from the cache nor stored. Default: true. */
  readonly cache?: boolean;
}

/** Options of {@link createHybridCache}. Every one has a default; a value that makes no sense is an error at creation. */
export interface HybridCacheOptions {
  /**
   * Who is signed in: any string that stands for this user and no other, or a function that tells it. `null` or
   * absent: nothing is cached and nothing is loaded. A function is asked whenever a request departs; when its answer
   * changes, that is a {@link HybridCacheClient.setUser}. One that throws counts as `null`.
   */
  readonly user?: string | null | (() => string | null);
  /**
   * What the user's string is. `'name'`: anything the application chose. `'scope'`: the very token the server sends
   * as the scope of this user's responses; the strictest choice, since then no first response has to be trusted
   * (R11). Default: `'name'`.
   */
  readonly userIs?: 'name' | 'scope';
  /** How long a response is fresh where neither the server nor a rule says so. Default: 300 000 (5 minutes). */
  readonly ttl?: number;
  /** Lifetimes and exceptions by URL. Default: none. */
  readonly rules?: readonly CacheRule[];
  /** What may be cached. Default: every GET to the page's own origin. */
  readonly include?: readonly UrlMatch[];
  /** Budget for stored bodies and headers, an integer of at least 1. Default: 52 428 800 (50 MiB). */
  readonly maxBytes?: number;
  /** Budget for stored responses, an integer of at least 1. Default: 1 000. */
  readonly maxEntries?: number;
  /**
   * Where the `.wasm` file of this package is served. Default: the copy inside the package's JavaScript. A file that is
   * missing or is not WebAssembly is replaced by that copy.
   */
  readonly wasmUrl?: string | URL;
  /**
   * How long a request may wait for the cache before it goes to the network, from 0 to 2 147 483 647. It bounds the
   * loading of the cache and the reading of IndexedDB together. Default: 150.
   */
  readonly lookupTimeout?: number;
  /**
   * How the server recognises the user. With cookies, another tab may sign in as somebody else and this tab's requests
   * follow; then this tab serves nothing until the server has confirmed its user (S6). Default: `'cookie'`.
   */
  readonly session?: 'cookie' | 'bearer';
  /**
   * Tell the server, in a request header, the version this tab knows (H3); requests to the page's own origin only.
   * Default: true.
   */
  readonly echoVersion?: boolean;
  /**
   * Responses without a version. `'skip'`: never stored. `'ttl'`: stored as HTTP's own headers permit, as long as no
   * version has been seen for this user (R8). Default: `'skip'`.
   */
  readonly versionless?: 'skip' | 'ttl';
  /**
   * What callers receive as a JSON body, from `HttpClient` or from `json()` of a hit. `'copy'`: an object of their own.
   * `'frozen'`: one deeply frozen object for all, which spares the parsing. Default: `'copy'`.
   */
  readonly bodies?: 'copy' | 'frozen';
  /**
   * What becomes of a user's entries when another user or nobody is named. `'keep'`: they wait for the user's return.
   * `'clear'`: a {@link HybridCacheClient.clear} for the user who leaves. Default: `'keep'`.
   */
  readonly signOut?: 'keep' | 'clear';
  /** Request headers whose values are part of an entry's key. Default: `['Accept', 'Accept-Language']`. */
  readonly keyHeaders?: readonly string[];
  /** Put {@link HybridCacheConsole} on `window.hybridCache`. Default: true. */
  readonly expose?: boolean;
  /**
   * Keep bodies and header lines sealed: `encryption(secret)` of `hybrid-cache/encryption`. Default: they are kept as they
   * came. Entries of one setting are never served under the other.
   */
  readonly encryptAtRest?: Encryption;
}

/** How what is kept is sealed; made by `encryption()` of `hybrid-cache/encryption`, and for the cache alone to call. */
export interface Encryption {
  /** The same runtime, sealing. */
  over(base: typeof Runtime): typeof Runtime;
  /** Why nothing can be sealed for the present user, in a sentence; `undefined`: it can. */
  lack(client: Client): string | undefined;
}

/**
 * `idle`: nobody is signed in, nothing is loaded. `loading`: on its way, requests wait at most `lookupTimeout`.
 * `ready`: serving. `unavailable`: out of action for the rest of this page; every request goes to the network at once.
 */
export type CacheStatus = 'idle' | 'loading' | 'ready' | 'unavailable';

/** Where a served response came from. */
export type CacheLayer = 'memory' | 'indexeddb';

/** What happened to one request, or to the cache as a whole. */
export interface CacheEvent {
  /**
   * - `hit`, `stale`: answered from the cache; `stale` is being fetched again behind it.
   * - `miss`: looked up and not served, answered by the network; `reason` says why.
   * - `bypass`: not looked up; `reason` says why.
   * - `store`: a body is on record; `reason` is why it was fetched. - `late`: a response was not stored; `reason` is
   *   the rule.
   * - `version`: the version of the user's data changed, or caching was switched on, off or suspended; `version` is
   *   absent where none is known any more.
   * - `clear`: entries were cleared or deleted here. - `error`: something failed; no request is affected.
   * - `status`: status, reason or user changed.
   */
  readonly type: 'hit' | 'miss' | 'stale' | 'store' | 'bypass' | 'late' | 'version' | 'clear' | 'error' | 'status';
  /** When it happened. */
  readonly at: number;
  /** The canonical URL of the request. */
  readonly url?: string;
  /** The method of the request. */
  readonly method?: string;
  /** From the request's beginning until its answer was delivered. */
  readonly ms?: number;
  /** Why, in a word or two. */
  readonly reason?: string;
  /** Where the answer came from; absent for the network. */
  readonly layer?: CacheLayer;
  /** The version known now. */
  readonly version?: number;
}

/** Counters of this page, since the client was created. A snapshot: it does not change afterwards. */
export interface CacheStats {
  /** Requests answered from the cache while fresh. */
  readonly hits: number;
  /** Requests looked up and answered by the network. */
  readonly misses: number;
  /** Requests answered from the cache while they were fetched again. */
  readonly stale: number;
  /** Requests of a named user that were not looked up. */
  readonly bypassed: number;
  /** Hits (fresh or stale) that came from the tab's memory. */
  readonly memoryHits: number;
  /** Requests that shared another's network request. */
  readonly shared: number;
  /** Responses not stored because of when they departed (R0, R7). */
  readonly late: number;
  /** Responses written to the storage. */
  readonly stores: number;
  /** Writes that failed. */
  readonly errors: number;
  /** Responses removed to stay within the budgets. */
  readonly evicted: number;
  /** Sizes of the stored bodies that were served, added up. */
  readonly savedBytes: number;
  /** How often each reason of a miss or bypass occurred. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Every counter of the engine by name; which ones there are may differ between releases. */
  readonly engine: Readonly<Record<string, number>>;
}

/** Options of {@link HybridCacheClient.clear}. */
export interface ClearOptions {
  /** Every user of this browser, not only the present one. Default: false. */
  readonly all?: boolean;
}

/** Options of {@link HybridCacheClient.prefetch}. */
export interface PrefetchOptions {
  /**
   * Who will ask for it: `fetch`, or Angular's `HttpClient` with this `responseType`. An entry serves only the kind
   * of caller it was stored for. Default: `'fetch'`.
   */
  readonly as?: 'fetch' | 'json' | 'text' | 'arraybuffer' | 'blob';
}

/** The cache as an application uses it; made by {@link createHybridCache}. */
export interface HybridCacheClient {
  /**
   * `fetch`, through the cache. A hit is a new `Response` with the stored status, headers and body; a miss is the
   * network's own. Fails as `fetch` does, and never because of the cache.
   *
   * Both carry a `Cache-Status` header (RFC 9211) behind those of other caches, such as `hybrid-cache; hit; ttl=240` or
   * `hybrid-cache; fwd=uri-miss; stored; detail=absent`; `detail` is the reason that events give. Where the cache failed, it is `hybrid-cache; fwd=bypass; detail=csp`
   * (or `wasm`, or `panic`). What is no affair of the cache (nobody is signed in, another server, a browser without
   * IndexedDB or WebAssembly, a client that is closed) is left as it came.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /**
   * Names the user from now on; `null` switches caching off. Naming the same user again lifts a suspension (R11).
   * Requests under way belong to whoever was named when they departed (S4).
   *
   * @throws TypeError if it is neither `null` nor a non-empty string.
   */
  setUser(user: string | null): void;
  /**
   * Nothing that is stored now is served again to this user, in any tab (R10). Resolves once that is committed, or
   * after 10 seconds; in this tab it holds from the call on.
   */
  clear(options?: ClearOptions): Promise<void>;
  /**
   * As `clear`, for the user's responses of some URLs, or with a tag. A string that begins with `/` means the page's
   * own origin. Resolves to the number of entries that were removed.
   *
   * @throws TypeError or RangeError, as a rejection, if `match` is neither a {@link UrlMatch} nor a {@link TagMatch}.
   */
  delete(match: UrlMatch | TagMatch): Promise<number>;
  /** Fetches URLs that are not stored yet. Resolves to how many answers came with status 200; never rejects for one. */
  prefetch(urls: readonly string[], options?: PrefetchOptions): Promise<number>;
  /** What is stored for the present user, of any generation. Empty where the storage cannot be read. */
  entries(): Promise<CacheEntryInfo[]>;
  /** Counters of this page. */
  stats(): CacheStats;
  /** The version of the present user's data as this tab knows it, or `null`. */
  version(): number | null;
  /** Whether the server lets this user's responses be cached; `null` while it has not said so. */
  enabled(): boolean | null;
  /** Would a GET of this URL be served from the cache now, and why (not)? */
  explain(url: string): Promise<Explanation>;
  /**
   * One report on this client, browser and storage and, if a URL is given, on the headers its server sends; for that
   * it makes a GET request, with `headers` (such as `Authorization`).
   */
  diagnose(url?: string, headers?: Readonly<Record<string, string>>): Promise<Diagnosis>;
  /**
   * Copies out what could be served to the present user. It holds responses in plain text, unless `encryptAtRest` is on:
   * treat it as the data it is.
   *
   * @throws Error, as a rejection, if no user is named or the storage cannot be read.
   */
  exportEntries(): Promise<CacheSnapshot>;
  /**
   * Stores what another browser, or this one earlier, has copied out for the same user, as far as it is of the version
   * known here and nothing has invalidated it since.
   *
   * @throws Error, as a rejection, if no user is named, the snapshot is none, or the storage refuses; then nothing is stored.
   */
  importEntries(snapshot: CacheSnapshot): Promise<ImportResult>;
  /** See {@link CacheStatus}. */
  readonly status: CacheStatus;
  /**
   * Why the cache is not (fully) in action: `csp`, `no-indexeddb`, `no-webassembly`, `wasm: …`, `panic: …`, `closed`;
   * with status `ready`, `memory-only: …`, which ends by itself when IndexedDB is to be had. Else `null`.
   */
  readonly reason: string | null;
  /**
   * While `true`, requests are neither looked up nor stored, whatever they ask for; their responses are still observed.
   * A switch for tools and comparisons. Default: `false`.
   */
  bypass: boolean;
  /** Starts loading, if that has not begun, and tells whether the cache came into action. */
  whenReady(): Promise<boolean>;
  /** Calls `listener` after every event, in the order of events; the answer unregisters it. */
  on(listener: (event: CacheEvent) => void): () => void;
  /** Ends it: connections are closed, requests pass through. There is no way back. */
  close(): void;
}

/** `window.hybridCache`: a look inside from the browser's console. */
export type HybridCacheConsole = Pick<
  HybridCacheClient,
  'stats' | 'entries' | 'version' | 'explain' | 'diagnose' | 'clear'
>;
