/** What an interceptor must keep to, so that an application does not notice it; each of these was once broken. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

// First, since it brings zone.js and the compiler.
import { application, flush, follow, kinds, stored } from './angular.mjs';

import { HttpContext, HttpHeaders, HttpParams, HttpResponse } from '@angular/common/http';
import { inject, InjectionToken, NgZone } from '@angular/core';
import { catchError, of, tap } from 'rxjs';

import { CACHE_OPTIONS, hybridCacheInterceptor, skipCache, withHttpInterceptorClass } from '../../dist/angular/index.js';
import { lateLoader, listen, ORIGIN, settle } from './support.mjs';

test('rule 1: what the application does to a body reaches nobody else', async (t) => {
  const app = await application(t);
  const first = await stored(app, '/api/items', [{ n: 1 }]);
  first.values[0].push('POISON');
  first.values[0][0].n = 'POISON';
  const hit = follow(app.http.get('/api/items'));
  await settle();
  hit.values[0].push('POISON');
  app.engine.memory = true;
  const again = follow(app.http.get('/api/items'));
  await settle();
  assert.deepEqual(again.values, [[{ n: 1 }]]);
});

test('rule 1: a subscriber that changes the body while it is delivered changes nothing that is stored', async (t) => {
  const app = await application(t);
  const bytes = Uint8Array.of(1, 2, 3).buffer;
  follow(app.http.get('/api/raw', { responseType: 'arraybuffer' }).pipe(tap((body) => new Uint8Array(body).fill(9))));
  follow(app.http.get('/api/list').pipe(tap((body) => body.push('POISON'))));
  await settle();
  flush(app.server.expectOne('/api/raw'), bytes);
  flush(app.server.expectOne('/api/list'), [1]);
  await settle();
  app.engine.memory = true;
  for (let round = 0; round < 2; round++) {
    const raw = follow(app.http.get('/api/raw', { responseType: 'arraybuffer' }).pipe(tap((body) => body)));
    const list = follow(app.http.get('/api/list'));
    await settle();
    assert.deepEqual([...new Uint8Array(raw.values[0])], [1, 2, 3]);
    assert.deepEqual(list.values, [[1]]);
    new Uint8Array(raw.values[0]).fill(9);
  }
});

test('rule 2: inactive, a request passes through before subscribe returns', async (t) => {
  for (const setup of [
    { options: { user: null }, wait: false },
    { options: { user: () => null }, wait: false },
    { platform: 'server', wait: false },
    { options: { include: ['/other/'] } },
  ]) {
    const app = await application(t, setup);
    const seen = follow(app.http.get('/api/items'));
    flush(app.server.expectOne('/api/items'), [1]);
    assert.deepEqual(seen.values, [[1]]);
  }
});

test('rule 2: without IndexedDB nothing is loaded and nothing waits', async (t) => {
  const kept = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');
  t.after(() => Object.defineProperty(globalThis, 'indexedDB', kept));
  delete globalThis.indexedDB;
  const app = await application(t, { wait: false });
  assert.deepEqual([app.cache.status(), app.cache.reason()], ['unavailable', 'no-indexeddb']);
  follow(app.http.get('/api/items'));
  app.server.expectOne('/api/items');
  assert.equal(app.engine, undefined);
});

test('rule 2: what is not looked up passes before subscribe returns, even in action', async (t) => {
  const app = await application(t);
  follow(app.http.post('/api/items', { n: 1 }));
  app.server.expectOne({ method: 'POST', url: '/api/items' });
  follow(app.http.get('/api/items', { context: skipCache() }));
  app.server.expectOne({ method: 'GET', url: '/api/items' });
});

test('rule 3: while hydrating the cache is not read, only written', async (t) => {
  const app = await application(t, { transfer: true });
  app.engine.records.set(`0 json GET ${ORIGIN}/api/n`, { status: 200, statusText: '', url: '', headers: '', body: '2', stored: 0, fresh: 0 });
  const seen = follow(app.http.get('/api/n'));
  flush(app.server.expectOne('/api/n'), 3);
  await settle();
  assert.deepEqual(seen.values, [3]);
  assert.equal(app.engine.called('lookup').length, 0);
  assert.equal(app.engine.called('admit').length, 1, 'a network’s answer replaces what is stored');
  app.becomeStable();
  await settle();
  const later = follow(app.http.get('/api/n'));
  await settle();
  assert.deepEqual(later.values, [3]);
  assert.equal(app.engine.called('lookup').length, 1);
});

test('rule 3: an answer that came with the page departed nobody knows when (R0)', async (t) => {
  const rendered = new HttpResponse({ body: 7, status: 200, url: '/api/n', headers: new HttpHeaders({ 'X-Cache-Version': '4' }) });
  const app = await application(t, { transfer: true, interceptors: [hybridCacheInterceptor, () => of(rendered)] });
  const seen = follow(app.http.get('/api/n'));
  assert.deepEqual(seen.values, [7]);
  const [[observed]] = app.engine.called('observe');
  assert.deepEqual([observed.token, observed.version], [undefined, '4']);
});

test('rule 3: what came with the page does not wait for the cache to load', async (t) => {
  const app = await application(t, { transfer: true, loading: lateLoader(), wait: false });
  const seen = follow(app.http.get('/api/n'));
  flush(app.server.expectOne('/api/n'), 7);
  assert.deepEqual(seen.values, [7]);
});

test('rule 4: the user is part of the key; nobody means no cache', async (t) => {
  const user = { name: 'ada' };
  const SESSION = new InjectionToken('session');
  const app = await application(t, { options: { user: () => inject(SESSION).name }, providers: [{ provide: SESSION, useValue: user }] });
  await stored(app, '/api/items', ['ada']);
  user.name = 'bob';
  const seen = follow(app.http.get('/api/items'));
  await settle();
  flush(app.server.expectOne('/api/items'), ['bob']);
  await settle();
  assert.deepEqual(seen.values, [['bob']]);
  user.name = null;
  follow(app.http.get('/api/items'));
  app.server.expectOne('/api/items');
});

test('rule 5: both kinds of interceptor, one cache', async (t) => {
  const app = await application(t, { features: [withHttpInterceptorClass()], fromDi: true });
  await stored(app, '/api/items', [1]);
  await stored(app, '/api/other', [1]);
  const seen = follow(app.http.get('/api/items'));
  await settle();
  assert.deepEqual(seen.values, [[1]]);
  assert.equal(app.engine.called('observe').length, 2);
  assert.deepEqual([app.cache.stats().hits, app.cache.stats().misses], [1, 2]);
});

test('rule 5: the class alone works', async (t) => {
  const app = await application(t, { features: [withHttpInterceptorClass()], fromDi: true, interceptors: [] });
  await stored(app, '/api/items', [1]);
  const seen = follow(app.http.get('/api/items'));
  await settle();
  assert.deepEqual(seen.values, [[1]]);
});

test('rule 5: one context serves many requests, and nothing is written into it', async (t) => {
  const app = await application(t);
  const context = new HttpContext();
  const seen = [1, 2, 3].map(() => follow(app.http.get('/api/items', { context })));
  await settle();
  flush(app.server.expectOne('/api/items'), [1]);
  await settle();
  assert.deepEqual(seen.map(({ values }) => values), Array(3).fill([[1]]));
  assert.deepEqual(context.get(CACHE_OPTIONS), {});
});

test('rule 6: interceptors behind it may inject', async (t) => {
  const TOKEN = new InjectionToken('token');
  let injected;
  const app = await application(t, {
    interceptors: [hybridCacheInterceptor, (request, next) => ((injected = inject(TOKEN)), next(request))],
    providers: [{ provide: TOKEN, useValue: 'here' }],
  });
  await stored(app, '/api/items', [1]);
  assert.equal(injected, 'here');
});

test('rule 7: what is asked in Angular’s zone is answered there, what happens in between is outside', async (t) => {
  const app = await application(t);
  await stored(app, '/api/items', [1]);
  const { lookup } = app.engine;
  const zones = [];
  app.engine.lookup = (...args) => (zones.push(NgZone.isInAngularZone()), lookup.apply(app.engine, args));
  const runs = [];
  const subscription = app.zone.onMicrotaskEmpty.subscribe(() => runs.push(1));
  app.zone.run(() => app.http.get('/api/items').subscribe(() => zones.push(NgZone.isInAngularZone())));
  await settle();
  assert.deepEqual(zones, [false, true]);
  assert.ok(runs.length <= 2, `${runs.length} change detections`);
  app.http.get('/api/items').subscribe(() => zones.push(NgZone.isInAngularZone()));
  await settle();
  assert.deepEqual(zones, [false, true, false, false]);
  subscription.unsubscribe();
});

test('rule 8: storing holds nobody up', async (t) => {
  const app = await application(t);
  app.engine.admit = () => {};
  const seen = follow(app.http.get('/api/items'));
  await settle();
  flush(app.server.expectOne('/api/items'), [1]);
  assert.deepEqual([seen.values, seen.complete], [[[1]], true], 'synchronously with the network');
});

test('rule 9: method, canonical URL, response type, key headers and credentials are the key', async (t) => {
  const app = await application(t);
  const options = [
    {}, { params: new HttpParams({ fromObject: { b: '2', a: '1' } }) }, { responseType: 'text' },
    { headers: { Accept: 'text/csv', Other: 'x' } }, { withCredentials: true },
  ];
  for (const each of options) follow(app.http.get('/api/items', each));
  follow(app.http.get('https://app.example/api/items?a=1&b=2#part'));
  await settle();
  const url = `${ORIGIN}/api/items`;
  assert.deepEqual(app.engine.called('lookup').map(([, key]) => key), [
    `json GET ${url}`, `json GET ${url}?a=1&b=2`, `text GET ${url}`, `json GET ${url}\naccept: text/csv`, `json GET ${url}`,
    `json GET ${url}?a=1&b=2`,
  ]);
});

test('rule 9: fields of later HttpRequests are heeded', async (t) => {
  const later = (fields) => (request, next) => next(Object.assign(request.clone(), fields));
  for (const [fields, lookups, key] of [
    [{ cache: 'no-store' }, 0, undefined], [{ cache: 'reload' }, 0, 'string'], [{ cache: 'no-cache' }, 0, 'string'],
    [{ cache: 'default' }, 1, 'string'], [{ redirect: 'manual' }, 0, undefined], [{ mode: 'no-cors' }, 0, undefined],
  ]) {
    const app = await application(t, { interceptors: [later(fields), hybridCacheInterceptor] });
    follow(app.http.get('/api/items'));
    await settle();
    flush(app.server.expectOne('/api/items'), [1]);
    assert.equal(app.engine.called('lookup').length, lookups, JSON.stringify(fields));
    const [[{ key: observed }]] = app.engine.called('observe');
    assert.equal(typeof observed === 'string' ? 'string' : observed, key, JSON.stringify(fields));
  }
});

test('rule 10: events are those of the network', async (t) => {
  const app = await application(t);
  const missed = follow(app.http.get('/api/items', { observe: 'events', reportProgress: true }));
  await settle();
  flush(app.server.expectOne('/api/items'), [1]);
  await settle();
  const hit = follow(app.http.get('/api/items', { observe: 'events', reportProgress: true }));
  await settle();
  assert.deepEqual(kinds(hit.values), ['Sent', 'Response']);
  assert.equal(kinds(missed.values).at(-1), 'Response');
});

test('rule 10: several values of a header survive', async (t) => {
  const app = await application(t);
  await stored(app, '/api/items', [1], { answer: { headers: { Link: ['<a>', '<b>'] } } });
  const hit = follow(app.http.get('/api/items', { observe: 'response' }));
  await settle();
  assert.equal(hit.values[0].headers.getAll('Link').join(', '), '<a>, <b>');
});

test('rule 11: every response is observed: errors, writes, those that pass by', async (t) => {
  const app = await application(t);
  follow(app.http.get('/api/a', { context: skipCache() }));
  flush(app.server.expectOne('/api/a'), 1, { version: 6 });
  follow(app.http.put('/api/b', {}));
  flush(app.server.expectOne('/api/b'), null, { version: 7, status: 204, statusText: 'No Content' });
  const failed = follow(app.http.get('/api/c'));
  await settle();
  flush(app.server.expectOne('/api/c'), 'no', { version: 8, status: 500, statusText: 'Server Error' });
  await settle();
  assert.equal(failed.error.status, 500);
  assert.deepEqual(app.engine.called('observe').map(([{ method, status, version, key }]) => [method, status, version, typeof key]), [
    ['GET', 200, '6', 'undefined'], ['PUT', 204, '7', 'undefined'], ['GET', 500, '8', 'string'],
  ]);
  assert.equal(app.engine.called('admit').length, 0);
  assert.equal(app.cache.version(), 8);
});

test('rule 11: two versions in one response are none the engine can misread', async (t) => {
  const app = await application(t);
  follow(app.http.get('/api/a', { context: skipCache() }));
  app.server.expectOne('/api/a').flush(1, { headers: new HttpHeaders().append('X-Cache-Version', '1').append('X-Cache-Version', '2') });
  assert.equal(app.engine.called('observe')[0][0].version, '1, 2');
});

test('rule 12: another origin is cached if it is included and its headers can be read; hidden ones are no error and nothing is kept', async (t) => {
  const api = 'https://api.example/items';
  const app = await application(t, { options: { include: ['https://api.example/'] } });
  const ask = async (headers) => {
    const seen = follow(app.http.get(api));
    await settle();
    // What a browser leaves of a response that does not name its headers in Access-Control-Expose-Headers.
    app.server.expectOne(api).flush([1], { headers });
    await settle();
    assert.deepEqual([seen.values, seen.error], [[[1]], undefined]);
  };
  await ask({ 'Content-Type': 'application/json' });
  assert.equal(app.engine.called('admit').length, 0);
  await ask({ 'Content-Type': 'application/json', 'X-Cache-Version': '5' });
  const hit = follow(app.http.get(api));
  await settle();
  assert.deepEqual(hit.values, [[1]]);
  app.server.verify();
});

test('rule 13: behind what adds credentials, before what logs: it sees the final request, the logger the network only', async (t) => {
  const seenByLogger = [];
  let token = 'old';
  const authenticate = (request, next) =>
    next(request.clone({ setHeaders: { Authorization: token } })).pipe(
      catchError(() => next(request.clone({ setHeaders: { Authorization: (token = 'new') } }))),
    );
  const log = (request, next) => (seenByLogger.push(request.headers.get('Authorization')), next(request));
  const app = await application(t, { options: { keyHeaders: ['Authorization'] }, interceptors: [authenticate, hybridCacheInterceptor, log] });
  const first = follow(app.http.get('/api/items'));
  await settle();
  flush(app.server.expectOne('/api/items'), 'no', { status: 401, statusText: 'Unauthorized' });
  await settle();
  flush(app.server.expectOne('/api/items'), [1]);
  await settle();
  const hit = follow(app.http.get('/api/items'));
  await settle();
  assert.deepEqual([first.values, hit.values], [[[1]], [[1]]]);
  assert.deepEqual(seenByLogger, ['old', 'new'], 'the hit is no traffic');
  assert.deepEqual(app.engine.called('lookup').map(([, key]) => key.split('\n')[1]), ['authorization: old', 'authorization: new', 'authorization: new']);
});

test('rule 14: the console hears of a cause once', async (t) => {
  const said = listen(t);
  const app = await application(t, { interceptors: [hybridCacheInterceptor] });
  for (let n = 0; n < 3; n++) {
    app.engine.trapping = 'lookup';
    follow(app.http.get('/api/items'));
    await settle();
    flush(app.server.expectOne('/api/items'), n);
  }
  assert.ok(said().length <= 2, said().join('\n'));
  assert.equal(app.cache.status(), 'unavailable');
  assert.match(app.cache.reason(), /^panic: /);
});
