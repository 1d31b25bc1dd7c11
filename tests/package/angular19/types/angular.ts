/** Must compile against the installed package, and must not where it says so. Never run. */

import { HttpContext, type HttpInterceptor, type HttpInterceptorFn } from '@angular/common/http';
import type { EnvironmentProviders, Signal, Type } from '@angular/core';
import {
  CacheInterceptor,
  HybridCache,
  hybridCacheInterceptor,
  provideHybridCache,
  refreshCache,
  skipCache,
  withCache,
} from 'hybrid-cache/angular';
import type { CacheEntryInfo, CacheEvent, CacheStats } from 'hybrid-cache';
import type { Observable } from 'rxjs';

export const providers: EnvironmentProviders[] = [
  provideHybridCache({ user: () => 'alice', session: 'bearer' }),
  provideHybridCache({ user: 'alice' }),
];
export const byFunction: HttpInterceptorFn = hybridCacheInterceptor;
export const byClass: Type<HttpInterceptor> = CacheInterceptor;
export const contexts: HttpContext[] = [
  withCache({ ttl: 30_000 }),
  withCache({ ttl: 30_000 }, new HttpContext()),
  skipCache(),
  skipCache(new HttpContext()),
  refreshCache(),
];

export async function use(cache: HybridCache): Promise<void> {
  const status: Signal<'idle' | 'loading' | 'ready' | 'unavailable'> = cache.status;
  const reason: Signal<string | null> = cache.reason;
  const version: Signal<number | null> = cache.version;
  const enabled: Signal<boolean | null> = cache.enabled;
  const stats: Signal<CacheStats> = cache.stats;
  const ratio: Signal<number> = cache.hitRatio;
  const events: Observable<CacheEvent> = cache.events$;
  await cache.clear();
  const entries: readonly CacheEntryInfo[] = await cache.entries();
  void [status, reason, version, enabled, stats, ratio, events, entries];

  // @ts-expect-error Times are numbers.
  withCache({ ttl: '30' });
  // @ts-expect-error There is no such option.
  provideHybridCache({ timeToLive: 5 });
  // @ts-expect-error A signal is read, not set.
  cache.version.set(5);
}
