import { computed, inject, Injectable, type Signal, signal } from '@angular/core';
import { Observable } from 'rxjs';

import type { CacheEntryInfo, CacheSnapshot, Diagnosis, Explanation, ImportResult } from '../inspection.js';
import type {
  CacheEvent,
  CacheStats,
  CacheStatus,
  ClearOptions,
  HybridCacheClient,
  PrefetchOptions,
  TagMatch,
  UrlMatch,
} from '../types.js';
import { SEAT } from './seat.js';

/** The cache as an application sees it. Needs `provideHybridCache()`. */
@Injectable({ providedIn: 'root' })
export class HybridCache {
  readonly #seat = inject(SEAT);
  readonly #client = this.#seat.client;
  /** Goes up with everything that happens; what depends on it is read from the client only when somebody looks. */
  readonly #news = signal(0);
  #pending = false;
  #last: CacheEvent | null = null;

  /** The client beneath, for tools such as `hybrid-cache/devtools`; it knows nothing of signals and zones. */
  readonly client: Omit<HybridCacheClient, 'fetch'> = this.#client;
  /** See {@link CacheStatus}. */
  readonly status: Signal<CacheStatus> = this.#of(() => this.#client.status);
  /** Why the cache is not (fully) in action, or `null`. */
  readonly reason: Signal<string | null> = this.#of(() => this.#client.reason);
  /** The version of the present user's data as this tab knows it, or `null`. */
  readonly version: Signal<number | null> = this.#of(() => this.#client.version());
  /** Whether the server lets this user's responses be cached; `null` while it has not said so. */
  readonly enabled: Signal<boolean | null> = this.#of(() => this.#client.enabled());
  /** Counters of this page. */
  readonly stats: Signal<CacheStats> = this.#of(() => this.#client.stats());
  /** The share of lookups that were answered from the cache, from 0 to 1; 0 before the first. */
  readonly hitRatio: Signal<number> = computed(() => {
    const { hits, stale, misses } = this.stats();
    return (hits + stale) / (hits + stale + misses || 1);
  });
  /** What happened last, or `null`; of several events of one moment the last. */
  readonly lastEvent: Signal<CacheEvent | null> = this.#of(() => this.#last);
  /** What happens, as it happens; every subscriber sees what comes after it subscribed. */
  readonly events$ = new Observable<CacheEvent>((out) => this.#client.on((event) => out.next(event)));

  constructor() {
    this.#client.on((event) => {
      this.#last = event;
      // Many events of one moment are one change.
      if (this.#pending) return;
      this.#pending = true;
      queueMicrotask(() => {
        this.#pending = false;
        this.#news.update((n) => n + 1);
      });
    });
  }

  #of<T>(read: () => T): Signal<T> {
    return computed(() => (this.#news(), read()));
  }

  /** Names the user, `null` for nobody; from then on instead of the option `user`. */
  setUser(user: string | null): void {
    this.#seat.outside(() => this.#client.setUser(user));
  }

  /** Starts loading, if that has not begun, and tells whether the cache came into action. */
  whenReady(): Promise<boolean> {
    return this.#seat.outside(() => this.#client.whenReady());
  }

  /** Nothing that is stored now is served again to this user, or with `all` to anybody; see `HybridCacheClient.clear`. */
  clear(options?: ClearOptions): Promise<void> {
    return this.#seat.outside(() => this.#client.clear(options));
  }

  /** The same for some URLs, or for a tag; resolves to the number of entries that were removed. */
  delete(match: UrlMatch | TagMatch): Promise<number> {
    return this.#seat.outside(() => this.#client.delete(match));
  }

  /** Fetches URLs that are not stored yet, for `HttpClient` with `responseType: 'json'` unless `as` says otherwise. */
  prefetch(urls: readonly string[], { as = 'json' }: PrefetchOptions = {}): Promise<number> {
    return this.#seat.outside(() => this.#client.prefetch(urls, { as }));
  }

  /** What is stored for the present user. */
  entries(): Promise<CacheEntryInfo[]> {
    return this.#client.entries();
  }

  /** Would a GET of this URL be served from the cache now, and why (not)? */
  explain(url: string): Promise<Explanation> {
    return this.#client.explain(url);
  }

  /** One report on client, browser and storage and, if a URL is given, on what its server sends; see `HybridCacheClient`. */
  diagnose(url?: string, headers?: Readonly<Record<string, string>>): Promise<Diagnosis> {
    return this.#client.diagnose(url, headers);
  }

  /** Copies out what could be served to the present user; see `HybridCacheClient`. */
  exportEntries(): Promise<CacheSnapshot> {
    return this.#client.exportEntries();
  }

  /** Stores what was copied out before for the same user; see `HybridCacheClient`. */
  importEntries(snapshot: CacheSnapshot): Promise<ImportResult> {
    return this.#client.importEntries(snapshot);
  }
}
