/** The public names of `hybrid-cache`. */

import { Fetcher } from './fetcher.js';
import { readOptions } from './options.js';
import type { HybridCacheClient, HybridCacheOptions } from './types.js';

/**
 * A cache for the present user's GET responses. Loading begins once a user is named and holds up nothing; until then,
 * and wherever the cache cannot work, requests go to the network.
 *
 * ```ts
 * const cache = createHybridCache({ user: session.userId, include: ['/api/'] });
 * const orders = await (await cache.fetch('/api/orders')).json();
 * ```
 *
 * @throws TypeError or RangeError if an option has a wrong type or an impossible value; the message names it.
 */
export function createHybridCache(options?: HybridCacheOptions): HybridCacheClient {
  return new Fetcher(readOptions(options));
}

export type { CacheEntryInfo, CacheSnapshot, Diagnosis, DiagnosisCheck, Explanation, ImportResult } from './inspection.js';
export type {
  CacheEvent,
  CacheLayer,
  CacheRule,
  CacheStats,
  CacheStatus,
  ClearOptions,
  HybridCacheClient,
  HybridCacheConsole,
  HybridCacheOptions,
  PrefetchOptions,
  TagMatch,
  UrlMatch,
} from './types.js';
