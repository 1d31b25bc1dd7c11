import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { HybridCache, hybridCacheInterceptor } from 'hybrid-cache/angular';
import { provideHybridCacheTesting } from 'hybrid-cache/angular/testing';

import { appConfig } from './app/app.config';

const stamp = { headers: { 'X-Cache-Version': '5' } };

function setUp(...providers: unknown[]) {
  TestBed.configureTestingModule({ providers: [...providers, provideHttpClientTesting()] as never });
  return { http: TestBed.inject(HttpClient), server: TestBed.inject(HttpTestingController), cache: TestBed.inject(HybridCache) };
}

const own = () => provideHttpClient(withInterceptors([hybridCacheInterceptor]));

describe('an application with the cache', () => {
  it('off: passes through before subscribe returns', () => {
    const { http, server } = setUp(provideHybridCacheTesting(), own());
    const seen: unknown[] = [];
    http.get('/api/items').subscribe((items) => seen.push(items));
    server.expectOne('/api/items').flush([1], stamp);
    expect(seen).toEqual([[1]]);
  });

  it('off: also behind the providers of the application itself', () => {
    const { http, server } = setUp(appConfig.providers, provideHybridCacheTesting());
    http.get('/api/items').subscribe();
    server.expectOne('/api/items').flush([1], stamp);
    server.verify();
  });

  it('memory: the second request is a hit', async () => {
    const { http, server, cache } = setUp(provideHybridCacheTesting({ engine: 'memory' }), own());
    expect(await cache.whenReady()).toBe(true);
    const ask = () => new Promise((answer) => http.get('/api/items').subscribe(answer));
    const first = ask();
    await Promise.resolve();
    server.expectOne('/api/items').flush([1], stamp);
    expect(await first).toEqual([1]);
    expect(await ask()).toEqual([1]);
    server.expectNone('/api/items');
    expect(cache.stats().hits).toBe(1);
  });
});
