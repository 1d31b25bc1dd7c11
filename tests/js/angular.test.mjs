import assert from 'node:assert/strict';
import { test } from 'node:test';

// First, since it brings zone.js and the compiler.
import { application, flush, follow, kinds, stored } from './angular.mjs';

import { HttpContext, HttpErrorResponse, HttpResponse } from '@angular/common/http';
import { retry, tap } from 'rxjs';

import { hybridCacheInterceptor, provideHybridCache, refreshCache, skipCache, withCache } from '../../dist/angular/index.js';
import { lateLoader, ORIGIN, settle, stopClock } from './support.mjs';

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
  assert.deepEqual(kinds(seen[4].values), ['Sent', 'Response']);
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

test('Cache-Status stands behind those of other caches, on misses, hits, errors and while loading', async (t) => {
  const clock = stopClock(t);
  const loading = lateLoader();
  const app = await application(t, { loading, wait: false, options: { lookupTimeout: 100 } });
  const answer = { headers: { 'Cache-Status': 'edge; hit' } };
  const said = ({ headers }) => headers.getAll('Cache-Status').join(', ');
  const ask = async (url, status = 200) => {
    const seen = follow(app.http.get(url, { observe: 'response' }));
    await settle();
    await clock.advance(100);
    for (const request of app.server.match(url)) flush(request, { url }, { ...answer, status });
    await settle();
    return seen;
  };
  assert.equal(said((await ask('/api/early')).values[0]), 'edge; hit, hybrid-cache; fwd=bypass; detail=loading');
  loading.arrive();
  await app.cache.whenReady();
  assert.equal(said((await ask('/api/items')).values[0]), 'edge; hit, hybrid-cache; fwd=uri-miss; stored; detail=absent');
  assert.match(said((await ask('/api/items')).values[0]), /^edge; hit, hybrid-cache; hit; ttl=\d+$/);
  const { error } = await ask('/api/none', 404);
  assert.ok(error instanceof HttpErrorResponse);
  assert.equal(said(error), 'edge; hit, hybrid-cache; fwd=uri-miss; detail=absent');
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
