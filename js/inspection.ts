/**
 * What `entries`, `explain`, `diagnose` and their kin answer. Units as in `types.ts`.
 */

/** What is kept of one response, without its body. */
export interface CacheEntryInfo {
  /** The entry's key: its generation, a bar, the request's key. */
  readonly key: string;
  /** Canonical URL. */
  readonly url: string;
  /** Whom it serves: `fetch`, or Angular's `HttpClient` with this `responseType`. */
  readonly variant: 'fetch' | 'json' | 'text' | 'arraybuffer' | 'blob';
  /** Server origin, a blank, the user. */
  readonly partition: string;
  /** The generation it was stored under. */
  readonly generation: number;
  /** That generation is its partition's current one (S1). What is not live is never served, and is swept soon. */
  readonly live: boolean;
  /** Size as the budget counts it. */
  readonly bytes: number;
  /** When it was stored. */
  readonly stored: number;
  /** When it was last used; written with a delay. */
  readonly used: number;
  /** How long after `stored` it is fresh. */
  readonly fresh: number;
  /** How long after that it may be served while it is fetched again. */
  readonly stale: number;
  /** Until it is no longer fresh; negative since then. */
  readonly expiresIn: number;
  /** HTTP status. */
  readonly status: number;
}

/** What `HybridCacheClient.exportEntries` answers; survives `JSON.stringify`. */
export interface CacheSnapshot {
  /** Always 1. */
  readonly format: number;
  /** When it was made. */
  readonly exported: number;
  /** One object an entry. */
  readonly entries: readonly unknown[];
}

/** What `HybridCacheClient.importEntries` answers. */
export interface ImportResult {
  /** How many entries were stored. */
  readonly imported: number;
  /** The others, and why not. */
  readonly refused: readonly { readonly key: string; readonly reason: string }[];
}

/** What `HybridCacheClient.explain` answers. */
export interface Explanation {
  /** Canonical URL. */
  readonly url: string;
  /** Would it be served from the cache now? */
  readonly served: boolean;
  /** `fresh`, `stale` (served, and fetched again), or why not, in a word. */
  readonly verdict: string;
  /** The rule that decided, as `docs/coherence.md` numbers them; `null` where there was nothing to decide. */
  readonly rule: string | null;
  /** The answer in a sentence or two. */
  readonly reason: string;
  /** What to do to have it served; absent where it is, or where the next request does it. */
  readonly cure?: string;
  /** The entry the answer is about. */
  readonly entry?: CacheEntryInfo;
  /** What is recorded of the user's partition, by name. */
  readonly state?: Readonly<Record<string, unknown>>;
  /** What was looked at, in order. */
  readonly steps: readonly string[];
}

/** What `HybridCacheClient.diagnose` answers. */
export interface Diagnosis {
  /** Nothing failed. */
  readonly ok: boolean;
  /** The report as text, one line a check. */
  readonly summary: string;
  /** Every check. */
  readonly checks: readonly DiagnosisCheck[];
}

/** One line of a {@link Diagnosis}. */
export interface DiagnosisCheck {
  /** What was looked at. */
  readonly name: string;
  /** It is as it should be, or no obstacle. */
  readonly ok: boolean;
  /** What was found. */
  readonly detail: string;
  /** What to do about it. */
  readonly cure?: string;
}
