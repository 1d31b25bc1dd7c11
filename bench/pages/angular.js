/** Our side and the yardstick as an Angular application uses them: `HttpClient` with one interceptor each. */

import 'zone.js';
import { HttpClient, HttpResponse, provideHttpClient, withInterceptors } from '@angular/common/http';
import { createApplication } from '@angular/platform-browser';
import { hybridCacheInterceptor, provideHybridCache } from 'hybrid-cache/angular';
import { from, of, switchMap, tap } from 'rxjs';

import { until } from './page.js';
import * as yardstick from './yardstick.js';

async function application(interceptor, ...providers) {
  const { injector } = await createApplication({ providers: [...providers, provideHttpClient(withInterceptors([interceptor]))] });
  const http = injector.get(HttpClient);
  return { injector, get: (url) => new Promise((resolve, reject) => http.get(url).subscribe({ next: resolve, error: reject })) };
}

/** `{ get(url), cache }` through the cache; `cache` is what the page's console sees of it. */
export async function openHybrid(bodies = 'copy') {
  const options = { user: 'bench', session: 'bearer', lookupTimeout: 1_000, maxEntries: 50_000, maxBytes: 2 ** 30, bodies };
  const { get } = await application(hybridCacheInterceptor, provideHybridCache(options));
  const cache = globalThis.hybridCache;
  await until(() => Object.keys(cache.stats().engine).length, 'the cache to be ready');
  return { get, cache };
}

/** `get(url)` through an interceptor written by hand: from IndexedDB, else from the network, and then kept. */
export async function openByHand() {
  const { get } = await application((request, next) =>
    from(yardstick.get(request.urlWithParams)).pipe(
      switchMap((text) => {
        if (text !== undefined) return of(new HttpResponse({ body: JSON.parse(text), status: 200, url: request.url }));
        return next(request).pipe(
          tap((event) => {
            if (event instanceof HttpResponse) void yardstick.put(request.urlWithParams, JSON.stringify(event.body));
          }),
        );
      }),
    ),
  );
  return get;
}

/** `get(url)` through an interceptor that only passes on. */
export async function openPassing() {
  return (await application((request, next) => next(request))).get;
}

/** `get(url)` through an interceptor that has one answer for everything, at once: what `HttpClient` itself costs. */
export async function openConstant(body) {
  return (await application(() => of(new HttpResponse({ body, status: 200 })))).get;
}
