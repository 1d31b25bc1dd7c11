/** The public names of `hybrid-cache/angular`. */

export { CACHE_OPTIONS, type CacheMode, type CacheRequestOptions, refreshCache, skipCache, withCache } from './context.js';
export { CacheInterceptor, hybridCacheInterceptor } from './interceptor.js';
export { type HybridCacheFeature, provideHybridCache, withHttpInterceptorClass } from './provide.js';
export { HybridCache } from './service.js';
export type { CacheEntryInfo, CacheSnapshot, Diagnosis, DiagnosisCheck, Explanation, ImportResult } from '../inspection.js';
export type {
  CacheEvent,
  CacheLayer,
  CacheRule,
  CacheStats,
  CacheStatus,
  ClearOptions,
  HybridCacheClient,
  HybridCacheOptions,
  PrefetchOptions,
  UrlMatch,
} from '../types.js';
