/** Must compile against the installed package, and must not where it says so. Never run. */

import { HttpContext, type HttpInterceptor, type HttpInterceptorFn } from '@angular/common/http';
import { type EnvironmentProviders, type Signal, signal, type Type } from '@angular/core';
import {
  CacheInterceptor,
  HybridCache,
  hybridCacheInterceptor,
  optimistic,
  provideHybridCache,
  refreshCache,
  skipCache,
  withCache,
  withHttpInterceptorClass,
  withProbe,
  withPush,
  withUnauthorized,
} from 'hybrid-cache/angular';
import { provideHybridCacheTesting } from 'hybrid-cache/angular/testing';
import type { CacheEntryInfo, CacheEvent, CacheStats } from 'hybrid-cache';
import type { Observable } from 'rxjs';

export const providers: EnvironmentProviders[] = [
  provideHybridCache({ user: () => 'alice', session: 'bearer' }),
  provideHybridCache({ user: 'alice', signOut: 'clear' }),
  provideHybridCache({}, withHttpInterceptorClass(), withProbe({ every: 5_000 }), withPush({ url: '/events', open: (url) => new EventSource(url) })),
  provideHybridCache({}, withUnauthorized((error) => void error.status)),
  provideHybridCacheTesting(),
  provideHybridCacheTesting({ engine: 'memory', user: 'alice' }),
];
const items = signal<readonly number[]>([]);
export const byFunction: HttpInterceptorFn = hybridCacheInterceptor;
export const byClass: Type<HttpInterceptor> = CacheInterceptor;
export const contexts: HttpContext[] = [
  withCache({ ttl: 30_000 }),
  withCache({ ttl: 30_000 }, new HttpContext()),
  skipCache(),
  skipCache(new HttpContext()),
  refreshCache(),
  withCache({ tags: ['items'], revalidated: 'emit' }),
  withCache({ revalidated: items }),
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
  const removed: number = (await cache.delete('/api/')) + (await cache.delete({ tag: 'items' }));
  const last: Signal<CacheEvent | null> = cache.lastEvent;
  await cache.importEntries(await cache.exportEntries());
  optimistic(items, (before) => [...before, removed], cache.events$).subscribe();
  const entries: readonly CacheEntryInfo[] = await cache.entries();
  void [last, status, reason, version, enabled, stats, ratio, events, entries];

  // @ts-expect-error Times are numbers.
  withCache({ ttl: '30' });
  // @ts-expect-error A change gives back what the signal holds.
  optimistic(items, () => 'x', cache.events$);
  // @ts-expect-error There is no such engine.
  provideHybridCacheTesting({ engine: 'disk' });
  // @ts-expect-error There is no such option.
  provideHybridCache({ timeToLive: 5 });
  // @ts-expect-error A signal is read, not set.
  cache.version.set(5);
}
