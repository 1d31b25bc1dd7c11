/** @ngneat/cashew in Angular's HttpClient, with its store in memory: nothing is left after a reload. */

import 'zone.js';
import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { createApplication } from '@angular/platform-browser';
import { HttpCacheManager, provideHttpCache, withCache, withHttpCacheInterceptor } from '@ngneat/cashew';

export async function open() {
  const { injector } = await createApplication({
    providers: [provideHttpClient(withInterceptors([withHttpCacheInterceptor()])), provideHttpCache({ ttl: 86_400_000 })],
  });
  const http = injector.get(HttpClient);
  const context = () => withCache();
  return {
    get: (url) => new Promise((next, error) => http.get(url, { context: context() }).subscribe({ next, error })),
    drop: async () => injector.get(HttpCacheManager).clear(),
  };
}
