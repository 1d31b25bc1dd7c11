/** @ngneat/cashew, in Angular's HttpClient, with its `localStorage` store. */

import '@angular/compiler';

import { HttpClient, HttpResponse, provideHttpClient, withInterceptors } from '@angular/common/http';
import { provideExperimentalZonelessChangeDetection } from '@angular/core';
import { createApplication } from '@angular/platform-browser';
import { HttpCacheManager, provideHttpCache, withCache, withHttpCacheInterceptor, withLocalStorage } from '@ngneat/cashew';
import { firstValueFrom, from, of, switchMap } from 'rxjs';

import { clearsOnChange, offer } from './peer.js';

offer(async () => {
  let saw;
  // Behind the cache, so that it meets what the network says only.
  const versions = (request, next) =>
    next(request).pipe(
      switchMap((event) => (event instanceof HttpResponse ? from(saw(event.headers.get('X-Cache-Version'))).pipe(switchMap(() => of(event))) : of(event))),
    );
  const { injector } = await createApplication({
    providers: [
      provideExperimentalZonelessChangeDetection(),
      provideHttpClient(withInterceptors([withHttpCacheInterceptor(), versions])),
      provideHttpCache({ ttl: 300_000 }, withLocalStorage()),
    ],
  });
  const http = injector.get(HttpClient);
  const manager = injector.get(HttpCacheManager);
  const clear = async () => manager.clear();
  saw = clearsOnChange(clear);
  const get = async (path, { method = 'GET', headers, body }) => {
    const context = method === 'GET' ? withCache({ storage: 'localStorage' }) : undefined;
    const answer = await firstValueFrom(http.request(method, path, { headers, body, observe: 'response', context })).catch((error) => error);
    if (!answer.status) throw answer;
    return { status: answer.status, headers: {}, body: answer.body ?? null };
  };
  return { get, clear };
});
