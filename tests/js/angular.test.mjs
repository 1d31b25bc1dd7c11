import assert from 'node:assert/strict';
import { test } from 'node:test';

import { application, flush, follow } from './angular.mjs';
import { fakeLoader, lateLoader, listen, ORIGIN, settle, stopClock } from './support.mjs';

import { HttpContext, HttpEventType, HttpHeaders, HttpParams, HttpResponse } from '@angular/common/http';
import { inject, InjectionToken, NgZone } from '@angular/core';
import { retry, tap } from 'rxjs';

import { CACHE_OPTIONS, hybridCacheInterceptor, provideHybridCache, refreshCache, skipCache, withCache, withHttpInterceptorClass } from '../../dist/angular/index.js';

const kind = (events) => events.map(({ type }) => HttpEventType[type]);

/** A request that is answered by the server and stored. */
async function stored(app, url, body, options = {}) {
  const seen = follow(app.http.get(url, options));
  await settle();
  flush(app.server.expectOne(({ urlWithParams }) => urlWithParams === url), body, options.answer);
  await settle();
  assert.equal(seen.complete, true);
  return seen;
}

test('miss, store, hit', async (t) => {
  const app = await application(t);
  await stored(app, '/api/items', [1, 2]);
  const seen = follow(app.http.get('/api/items', { observe: 'response' }));
  assert.deepEqual(seen.values, [], 'never before subscribe has returned');
  await settle();
  app.server.verify();
  const [response] = seen.values;
  assert.ok(response instanceof HttpResponse);
  assert.deepEqual([response.body, response.status, response.statusText, response.url], [[1, 2], 200, 'OK', `${ORIGIN}/api/items`]);
  assert.equal(response.headers.get('x-cache-version'), '5');
  assert.match(response.headers.get('Cache-Status'), /^hybrid-cache; hit; ttl=/);
  assert.equal(seen.complete, true);
  const { hits, misses } = app.cache.stats();
  assert.deepEqual([hits, misses, app.cache.hitRatio(), app.cache.version(), app.cache.status()], [1, 1, 0.5, 5, 'ready']);
});

test('a hit from memory comes asynchronously, too', async (t) => {
  const app = await application(t);
  await stored(app, '/api/items', [1]);
  app.engine.memory = true;
  const seen = follow(app.http.get('/api/items'));
  assert.deepEqual(seen.values, []);
  await settle();
  assert.deepEqual(seen.values, [[1]]);
});

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

test('rule 3: while hydrating the cache is not read, and what the server rendered is of unknown age', async (t) => {
  const transfer = (request, next) => {
    const rendered = globalThis.rendered?.[request.url];
    return rendered ? next(request.clone()).pipe() : next(request);
  };
  const app = await application(t, { transfer: true, interceptors: [hybridCacheInterceptor, transfer] });
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
  const { of } = await import('rxjs');
  const app = await application(t, { transfer: true, interceptors: [hybridCacheInterceptor, () => of(rendered)] });
  const seen = follow(app.http.get('/api/n'));
  assert.deepEqual(seen.values, [7]);
  const [[observed]] = app.engine.called('observe');
  assert.deepEqual([observed.token, observed.version], [undefined, '4']);
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
  assert.deepEqual(kind(hit.values), ['Sent', 'Response']);
  assert.equal(kind(missed.values).at(-1), 'Response');
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

test('rule 14: the console hears of a cause once', async (t) => {
  const said = listen(t);
  const app = await application(t, { interceptors: [hybridCacheInterceptor] });
  app.engine.trapping = 'lookup';
  for (let n = 0; n < 3; n++) {
    follow(app.http.get('/api/items'));
    await settle();
    flush(app.server.expectOne('/api/items'), n);
  }
  assert.ok(said().length <= 1, said().join('\n'));
  assert.equal(app.cache.status(), 'unavailable');
  assert.match(app.cache.reason(), /^panic: /);
});

test('json, text, blob and arraybuffer come back as what they were', async (t) => {
  const app = await application(t);
  const answers = {
    json: [{ a: 1 }], text: 'plain', arraybuffer: Uint8Array.of(1, 255).buffer, blob: new Blob([Uint8Array.of(2, 254)], { type: 'image/png' }),
  };
  for (const [responseType, body] of Object.entries(answers)) {
    const admitted = new Promise((done) => (app.engine.host.stored = done));
    await stored(app, '/api/body', body, { responseType, answer: { headers: { 'Content-Type': 'image/png' } } });
    await admitted;
    const hit = follow(app.http.get('/api/body', { responseType }));
    await settle();
    const [value] = hit.values;
    if (responseType === 'blob') {
      assert.equal(value.type, 'image/png');
      assert.deepEqual([...new Uint8Array(await value.arrayBuffer())], [2, 254]);
    } else assert.deepEqual(value, body);
  }
  app.server.verify();
});

test('null is a body, and a body that JSON cannot carry is not kept', async (t) => {
  const cyclic = {};
  cyclic.self = cyclic;
  const app = await application(t, {
    interceptors: [hybridCacheInterceptor, (request, next) => next(request).pipe(tap((event) => request.url === '/api/odd' && event.body && Object.assign(event.body, cyclic)))],
  });
  await stored(app, '/api/null', null);
  const hit = follow(app.http.get('/api/null'));
  await settle();
  assert.deepEqual(hit.values, [null]);
  const odd = await stored(app, '/api/odd', { n: 1 });
  assert.equal(odd.values[0].self, cyclic);
  assert.equal(app.engine.called('abandon').length, 1);
});

test('frozen: one object for all, the network’s included', async (t) => {
  const app = await application(t, { options: { bodies: 'frozen' } });
  const first = await stored(app, '/api/items', [{ n: 1 }]);
  assert.ok(Object.isFrozen(first.values[0][0]));
  app.engine.memory = true;
  const hits = [follow(app.http.get('/api/items')), follow(app.http.get('/api/items'))];
  await settle();
  assert.equal(hits[0].values[0], hits[1].values[0]);
  assert.ok(Object.isFrozen(hits[0].values[0][0]));
});

test('S5: five at once, one request, five bodies', async (t) => {
  const app = await application(t);
  const seen = Array.from({ length: 5 }, () => follow(app.http.get('/api/items', { observe: 'events' })));
  await settle();
  flush(app.server.expectOne('/api/items'), [1]);
  await settle();
  const bodies = seen.map(({ values }) => values.at(-1).body);
  bodies[0].push('POISON');
  assert.deepEqual(bodies.slice(1), Array(4).fill([1]));
  assert.equal(new Set(bodies).size, 5);
  assert.deepEqual(kind(seen[4].values), ['Sent', 'Response']);
  assert.ok(seen.every(({ complete }) => complete));
  assert.equal(app.engine.called('admit').length, 1);
});

test('S5: sharers leave one by one; the last one ends the request', async (t) => {
  const app = await application(t);
  const [one, two] = [follow(app.http.get('/api/items')), follow(app.http.get('/api/items'))];
  await settle();
  const request = app.server.expectOne('/api/items');
  one.subscription.unsubscribe();
  assert.equal(request.cancelled, false);
  flush(request, [1]);
  await settle();
  assert.deepEqual([one.values, two.values], [[], [[1]]]);

  const [three, four] = [follow(app.http.get('/api/more')), follow(app.http.get('/api/more'))];
  await settle();
  const more = app.server.expectOne('/api/more');
  three.subscription.unsubscribe();
  four.subscription.unsubscribe();
  assert.equal(more.cancelled, true);
  follow(app.http.get('/api/more'));
  await settle();
  assert.equal(app.server.match('/api/more').filter(({ cancelled }) => !cancelled).length, 1, 'a dead request is not joined');
});

test('S5: a failure is everybody’s', async (t) => {
  const app = await application(t);
  const seen = [follow(app.http.get('/api/items')), follow(app.http.get('/api/items'))];
  await settle();
  app.server.expectOne('/api/items').error(new ProgressEvent('error'));
  await settle();
  assert.deepEqual(seen.map(({ error }) => error.status), [0, 0]);
  assert.equal(app.engine.called('observe').length, 0, 'there was no response');
});

test('progress is nobody else’s', async (t) => {
  const app = await application(t);
  for (let n = 0; n < 2; n++) follow(app.http.get('/api/items', { observe: 'events', reportProgress: true }));
  await settle();
  assert.equal(app.server.match('/api/items').length, 2);
});

test('unsubscribed during the lookup: no request; in flight: nothing stored', async (t) => {
  const app = await application(t);
  app.engine.slow = true;
  const early = follow(app.http.get('/api/items'));
  early.subscription.unsubscribe();
  app.engine.answerAll();
  await settle();
  app.server.expectNone('/api/items');
  app.engine.slow = false;
  const late = follow(app.http.get('/api/items'));
  await settle();
  const request = app.server.expectOne('/api/items');
  late.subscription.unsubscribe();
  assert.equal(request.cancelled, true);
  assert.equal(app.engine.called('observe').length, 0);
});

test('hold: an answer that changes the state waits for its commit, an error too, and for 50 ms at most', async (t) => {
  const app = await application(t);
  const clock = stopClock(t);
  app.engine.also = 2;
  const ids = [];
  app.engine.onObserve = (id) => ids.push(id);
  const [settled, failed] = [follow(app.http.put('/api/a', {})), follow(app.http.put('/api/b', {}))];
  flush(app.server.expectOne('/api/a'), { n: 1 });
  flush(app.server.expectOne('/api/b'), 'no', { status: 409, statusText: 'Conflict' });
  await settle();
  assert.deepEqual([settled.values, settled.complete, failed.error], [[], false, undefined]);
  app.engine.host.settled(ids[0]);
  await settle();
  assert.deepEqual([settled.values, settled.complete, failed.error], [[{ n: 1 }], true, undefined]);
  await clock.advance(50);
  assert.equal(failed.error.status, 409);
});

test('stale: served at once, fetched again behind it', async (t) => {
  const app = await application(t);
  await stored(app, '/api/items', [1]);
  app.engine.records.get(`0 json GET ${ORIGIN}/api/items`).verdict = 'stale';
  const [one, two] = [follow(app.http.get('/api/items')), follow(app.http.get('/api/items'))];
  await settle();
  assert.deepEqual([one.values, two.values], [[[1]], [[1]]]);
  flush(app.server.expectOne('/api/items'), [2]);
  await settle();
  const next = follow(app.http.get('/api/items'));
  await settle();
  assert.deepEqual(next.values, [[2]]);
  assert.deepEqual([app.cache.stats().stale, app.cache.stats().hits], [2, 1]);
});

test('bypass, refresh, and the default after a refresh', async (t) => {
  const app = await application(t);
  await stored(app, '/api/items', [1]);
  await stored(app, '/api/items', [2], { context: skipCache() });
  let hit = follow(app.http.get('/api/items'));
  await settle();
  assert.deepEqual(hit.values, [[1]]);
  await stored(app, '/api/items', [3], { context: refreshCache() });
  hit = follow(app.http.get('/api/items'));
  await settle();
  assert.deepEqual(hit.values, [[3]]);
});

test('withCache: time and key of one request; contexts are joined; nonsense is an error', async (t) => {
  const app = await application(t, { options: { rules: [{ match: '/', ttl: 5 }] } });
  const OTHER = new HttpContext();
  const context = withCache({ ttl: 9 }, withCache({ staleWhileRevalidate: 8, key: 'one\nkey' }, OTHER));
  assert.equal(context, OTHER);
  await stored(app, '/api/items?random=1', [1], { context });
  const [[seen]] = app.engine.called('observe');
  assert.deepEqual([seen.ruleTtl, seen.ruleStale, seen.key], [9, 8, 'json GET key:"one\\nkey"']);
  const hit = follow(app.http.get('/api/items?random=2', { context }));
  await settle();
  assert.deepEqual(hit.values, [[1]]);
  assert.throws(() => withCache({ ttl: NaN }), RangeError);
  assert.throws(() => withCache({ ttl: '1' }), TypeError);
  assert.throws(() => withCache({ mode: 'sometimes' }), RangeError);
  assert.throws(() => withCache({ key: 1 }), TypeError);
});

test('echo: the server learns the version this page knows', async (t) => {
  const app = await application(t);
  await stored(app, '/api/a', 1);
  follow(app.http.post('/api/b', {}));
  assert.equal(app.server.expectOne('/api/b').request.headers.get('x-test-echo'), '5');
});

test('a retry in front of it is a request of its own', async (t) => {
  const app = await application(t, { interceptors: [(request, next) => next(request).pipe(retry(1)), hybridCacheInterceptor] });
  const seen = follow(app.http.get('/api/items'));
  await settle();
  flush(app.server.expectOne('/api/items'), 'busy', { status: 503, statusText: 'Busy' });
  await settle();
  flush(app.server.expectOne('/api/items'), [1]);
  await settle();
  assert.deepEqual(seen.values, [[1]]);
  assert.equal(app.engine.called('lookup').length, 2);
});

test('while loading: a GET waits a little; everything else passes and is observed', async (t) => {
  const clock = stopClock(t);
  const loading = lateLoader();
  const app = await application(t, { loading, wait: false, options: { lookupTimeout: 100 } });
  follow(app.http.post('/api/items', {}));
  flush(app.server.expectOne('/api/items'), null, { version: 3 });
  const waiting = follow(app.http.get('/api/items'));
  const gone = follow(app.http.get('/api/gone'));
  gone.subscription.unsubscribe();
  app.server.expectNone('/api/items');
  await clock.advance(100);
  flush(app.server.expectOne('/api/items'), [1], { version: 4 });
  app.server.expectNone('/api/gone');
  assert.deepEqual(waiting.values, [[1]]);
  loading.arrive();
  await app.cache.whenReady();
  assert.deepEqual(app.engine.called('observe').map(([{ method, version, token }]) => [method, version, token]), [['POST', '3', undefined], ['GET', '4', undefined]]);
});

test('while loading: what arrives in time is looked up', async (t) => {
  const loading = lateLoader((engine) => engine.records.set(`0 json GET ${ORIGIN}/api/items`, { status: 200, statusText: '', url: '', headers: '', body: '[7]', stored: 0, fresh: 0 }));
  const app = await application(t, { loading, wait: false });
  const waiting = follow(app.http.get('/api/items'));
  loading.arrive();
  await app.cache.whenReady();
  await settle();
  assert.deepEqual(waiting.values, [[7]]);
});

test('the application ends: the engine is closed', async (t) => {
  const { cache, engine, injector } = await application(t);
  injector.destroy();
  await settle();
  assert.equal(engine.called('close').length, 1);
  assert.deepEqual([cache.status(), cache.reason()], ['unavailable', 'closed']);
});

test('options are checked where they are given', () => {
  assert.throws(() => provideHybridCache({ ttl: -1 }), /option "ttl" is -1/);
});

test('events$ and signals tell the same story', async (t) => {
  const app = await application(t);
  const events = follow(app.cache.events$);
  await stored(app, '/api/items', [1]);
  assert.deepEqual(events.values.map(({ type }) => type).sort(), ['miss', 'store']);
  events.subscription.unsubscribe();
  app.engine.host.changed(0, 'version', 9, true, false);
  app.engine.versions.set(0, 9);
  await settle();
  assert.equal(app.cache.version(), 9);
  assert.equal(app.cache.enabled(), true);
  app.cache.setUser(null);
  await settle();
  assert.equal(app.cache.version(), null);
});
