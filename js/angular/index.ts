/** The public names of `hybrid-cache/angular`. */

export { CACHE_OPTIONS, type CacheMode, type CacheRequestOptions, refreshCache, skipCache, withCache } from './context.js';
export { CacheInterceptor, hybridCacheInterceptor } from './interceptor.js';
export { type HybridCacheFeature, provideHybridCache, withHttpInterceptorClass } from './provide.js';
export { HybridCache } from './service.js';
export type {
  CacheEntryInfo,
  CacheEvent,
  CacheLayer,
  CacheRule,
  CacheSnapshot,
  CacheStats,
  CacheStatus,
  ClearOptions,
  Diagnosis,
  DiagnosisCheck,
  Explanation,
  HybridCacheOptions,
  ImportResult,
  PrefetchOptions,
  UrlMatch,
} from '../types.js';
