/** The public names of `hybrid-cache/angular`. */

export { refreshCache, skipCache, withCache } from './context.js';
export { hybridCacheInterceptor } from './interceptor.js';
export { CacheInterceptor } from './interceptor-class.js';
export { optimistic } from './optimistic.js';
export { withHttpInterceptorClass, withProbe, withPush, withUnauthorized } from './features.js';
export { type HybridCacheFeature, provideHybridCache } from './provide.js';
export { HybridCache } from './service.js';
export { CACHE_OPTIONS, type CacheRequestOptions, type FreshBody } from './token.js';
export type { CacheMode } from '../passage.js';
export type { ProbeOptions } from '../probe.js';
export type { EventStream, PushOptions } from '../push.js';
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
  TagMatch,
  UrlMatch,
} from '../types.js';
