/** What `provideHybridCache()` can be given besides its options. Imported nowhere here: who does not use one does not ship it. */

import { HTTP_INTERCEPTORS, HttpClient, HttpErrorResponse } from '@angular/common/http';
import { DestroyRef, EnvironmentInjector, inject, provideEnvironmentInitializer, runInInjectionContext } from '@angular/core';
import { firstValueFrom, tap } from 'rxjs';

import { probe, type ProbeOptions } from '../probe.js';
import { push, type PushOptions } from '../push.js';
import { skipCache } from './context.js';
import { CacheInterceptor } from './interceptor-class.js';
import type { HybridCacheFeature } from './provide.js';
import { type Seat, SEAT } from './seat.js';

/** Registers {@link CacheInterceptor}, for applications with `provideHttpClient(withInterceptorsFromDi())`. */
export function withHttpInterceptorClass(): HybridCacheFeature {
  return {
    kind: 'http-interceptor-class',
    providers: [{ provide: HTTP_INTERCEPTORS, useClass: CacheInterceptor, multi: true }],
  };
}

/**
 * Asks the server for the version when the page gets the focus, when the connection is back, and every
 * {@link ProbeOptions.every} milliseconds in which hits were served: who is served hits only sees no header. Asks
 * through `HttpClient`, so that the request carries what the application's interceptors add.
 */
export function withProbe(options: Omit<ProbeOptions, 'headers'> = {}): HybridCacheFeature {
  return feature('probe', (seat) => {
    const http = seat.injector.get(HttpClient);
    const ask = (url: string) => firstValueFrom(http.get(url, { context: skipCache(), responseType: 'text' }));
    return probe(seat.client, { ...options, ask });
  });
}

/**
 * Hears of new versions by server-sent events, in one tab for all of a user's. {@link PushOptions.open} runs in the
 * injection context of the application.
 */
export function withPush(options: PushOptions = {}): HybridCacheFeature {
  return feature('push', (seat) => {
    const injector = seat.injector.get(EnvironmentInjector);
    const { open } = options;
    const opened = open && ((url: string) => runInInjectionContext(injector, () => open(url)));
    return push(seat.client, { ...options, ...(opened && { open: opened }) });
  });
}

/**
 * Calls `handler` when a server whose responses concern the cache says 401, whether the cache is in action or not: the
 * session is over, and the application is to name nobody. Runs in the injection context of the application, before the
 * error reaches whoever asked. It changes nothing of the error.
 */
export function withUnauthorized(handler: (error: HttpErrorResponse) => void): HybridCacheFeature {
  return {
    kind: 'unauthorized',
    providers: [
      provideEnvironmentInitializer(() => {
        const [seat, injector] = [inject(SEAT), inject(EnvironmentInjector)];
        const { router } = seat.client;
        const concerns = (url: string) => router.servers.has(router.route(url)?.origin ?? '');
        const heard = (error: unknown) => {
          if (!(error instanceof HttpErrorResponse) || error.status !== 401 || !concerns(error.url ?? '')) return;
          runInInjectionContext(injector, () => handler(error));
        };
        seat.watch = (next) => (request) => next(request).pipe(tap({ error: heard }));
      }),
    ],
  };
}

/** What begins once the cache is in action and ends with the application; `begin` answers how to end it. */
function feature(kind: string, begin: (seat: Seat) => () => void): HybridCacheFeature {
  return {
    kind,
    providers: [
      provideEnvironmentInitializer(() => {
        const seat = inject(SEAT);
        let end = () => {};
        inject(DestroyRef).onDestroy(() => end());
        seat.begin.push(() => void (end = seat.outside(() => begin(seat))));
      }),
    ],
  };
}
