/** What an application may ask for besides: tags, a second emission, 401, sign-out, encryption, optimistic changes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

// First, since it brings zone.js and the compiler.
import { application, flush, follow, stored } from './angular.mjs';

import { HttpErrorResponse } from '@angular/common/http';
import { inject, InjectionToken, NgZone, signal } from '@angular/core';

import { encryption } from '../../dist/encryption/index.js';
import { hybridCacheInterceptor, optimistic, skipCache, withCache, withProbe, withUnauthorized } from '../../dist/angular/index.js';
import { fakeLoader, listen, ORIGIN, settle } from './support.mjs';

/** An application with one stored response that is stale by now. */
async function stale(t, options) {
  const app = await application(t, options);
  await stored(app, '/api/items', [1]);
  app.engine.records.get(`0 json GET ${ORIGIN}/api/items`).verdict = 'stale';
  return app;
}

test('tags: a response bears them beside the server’s groups, a write ends them, delete finds them', async (t) => {
  const heard = [];
  const app = await application(t);
  const { observe } = app.engine;
  app.engine.observe = (...args) => {
    const headers = args[7];
    heard.push([headers.get('Cache-Groups'), headers.get('Cache-Group-Invalidation'), headers.get('X-Cache-Version')]);
    return observe.apply(app.engine, args);
  };
  const context = withCache({ tags: ['items', 'a "b" \\'] });
  await stored(app, '/api/a', 1, { context });
  await stored(app, '/api/b', 1, { context: withCache({ tags: ['items'] }), answer: { headers: { 'Cache-Groups': '"own"' } } });
  await stored(app, '/api/c', 1);
  const tags = String.raw`"items", "a \"b\" \\"`;
  assert.deepEqual(heard, [[tags, tags, '5'], ['"own", "items"', '"items"', '5'], [null, null, '5']]);
  assert.equal(await app.cache.delete({ tag: 'items' }), 2);
  assert.deepEqual(app.engine.called('invalidate').at(-1).slice(1), ['group', 'items', '']);
  for (const tags of [[''], ['ü'], Array(33).fill('x'), ['x'.repeat(129)], [1]]) assert.throws(() => withCache({ tags }), RangeError);
  assert.throws(() => withCache({ tags: 'items' }), TypeError);
  await assert.rejects(app.cache.delete({ tag: 1 }), TypeError);
});

test('revalidated: another body is a second emission, the same one is not, and the end comes after it', async (t) => {
  for (const [body, expected] of [[[2], [[1], [2]]], [[1], [[1]]]]) {
    const app = await stale(t);
    const seen = follow(app.http.get('/api/items', { context: withCache({ revalidated: 'emit' }) }));
    await settle();
    assert.deepEqual([seen.values, seen.complete], [[[1]], false]);
    flush(app.server.expectOne('/api/items'), body);
    await settle();
    assert.deepEqual([seen.values, seen.complete], [expected, true]);
    const { hits, misses, stale: served } = app.cache.stats();
    assert.deepEqual([hits, misses, served], [0, 1, 1], 'counted once');
  }
});

test('revalidated: what fails behind it is no failure, and a fresh hit ends at once', async (t) => {
  const app = await stale(t);
  const context = withCache({ revalidated: 'emit' });
  const seen = follow(app.http.get('/api/items', { context }));
  await settle();
  flush(app.server.expectOne('/api/items'), 'no', { status: 503, statusText: 'Busy' });
  await settle();
  assert.deepEqual([seen.values, seen.complete, seen.error], [[[1]], true, undefined]);
  app.engine.records.get(`0 json GET ${ORIGIN}/api/items`).verdict = 'fresh';
  const hit = follow(app.http.get('/api/items', { context }));
  await settle();
  assert.deepEqual([hit.values, hit.complete], [[[1]], true]);
});

test('revalidated: whoever leaves or asks for no second emission does not end what is fetched', async (t) => {
  const app = await stale(t);
  const left = follow(app.http.get('/api/items', { context: withCache({ revalidated: 'emit' }) }));
  const plain = follow(app.http.get('/api/items'));
  await settle();
  assert.equal(plain.complete, true);
  left.subscription.unsubscribe();
  flush(app.server.expectOne('/api/items'), [2]);
  await settle();
  assert.deepEqual(left.values, [[1]]);
  const next = follow(app.http.get('/api/items'));
  await settle();
  assert.deepEqual(next.values, [[2]]);
});

test('revalidated: a signal is set to another body, to one that is its own', async (t) => {
  const app = await stale(t);
  const [one, two] = [signal(undefined), signal(undefined)];
  const seen = [one, two].map((revalidated) => follow(app.http.get('/api/items', { context: withCache({ revalidated }) })));
  await settle();
  assert.deepEqual(seen.map(({ values, complete }) => [values, complete]), [[[[1]], true], [[[1]], true]]);
  flush(app.server.expectOne('/api/items'), [2]);
  await settle();
  assert.deepEqual([one(), two()], [[2], [2]]);
  one().push('POISON');
  assert.deepEqual(two(), [2]);
  assert.throws(() => withCache({ revalidated: 'twice' }), TypeError);
});

test('401: the hook hears of it, in the injection context, with and without a cache in action, and not of other servers', async (t) => {
  const SESSION = new InjectionToken('session');
  for (const options of [{ user: 'ada' }, { user: null }]) {
    const session = { ended: 0 };
    const app = await application(t, {
      options,
      wait: false,
      features: [withUnauthorized((error) => void (error instanceof HttpErrorResponse && inject(SESSION).ended++))],
      providers: [{ provide: SESSION, useValue: session }],
    });
    const ask = async (url, status) => {
      const seen = follow(app.http.get(url, { context: skipCache() }));
      flush(app.server.expectOne(url), 'no', { status, statusText: 'No' });
      await settle();
      assert.equal(seen.error.status, status);
    };
    await ask('/api/items', 401);
    await ask('/api/items', 403);
    await ask('https://elsewhere.example/', 401);
    assert.equal(session.ended, 1, JSON.stringify(options));
  }
});

test('sign-out: with signOut "clear" whoever leaves is cleared, with "keep" nobody is', async (t) => {
  for (const [signOut, expected] of [['clear', [[0], [1]]], ['keep', []]]) {
    const app = await application(t, { options: { signOut } });
    await stored(app, '/api/items', [1]);
    app.cache.setUser('bob');
    app.cache.setUser('bob');
    app.cache.setUser(null);
    await settle();
    assert.deepEqual(app.engine.called('clear'), expected);
  }
});

test('optimistic: shown at once, kept when it succeeds, taken back when it fails or is given up', async (t) => {
  const app = await application(t);
  const shown = signal({ n: 1 });
  const put = (n) => follow(optimistic(shown, (before) => ({ ...before, n }), app.http.put('/api/n', { n })));
  const good = put(2);
  assert.deepEqual(shown(), { n: 2 });
  flush(app.server.expectOne('/api/n'), { ok: true });
  await settle();
  assert.deepEqual([good.values, good.complete, shown()], [[{ ok: true }], true, { n: 2 }]);
  const bad = put(3);
  flush(app.server.expectOne('/api/n'), 'no', { status: 409, statusText: 'Conflict' });
  await settle();
  assert.deepEqual([bad.error.status, shown()], [409, { n: 2 }]);
  const left = put(4);
  left.subscription.unsubscribe();
  assert.deepEqual(shown(), { n: 2 });
});

test('optimistic: several at once end in any order, and whoever else sets the signal has the last word', async (t) => {
  const app = await application(t);
  const shown = signal([]);
  const add = (name) => follow(optimistic(shown, (before) => [...before, name], app.http.post(`/api/${name}`, {})));
  const end = async (name, status) => {
    flush(app.server.expectOne(`/api/${name}`), {}, { status, statusText: 'x' });
    await settle();
  };
  for (const name of ['a', 'b', 'c']) add(name);
  await end('b', 500);
  assert.deepEqual(shown(), ['a', 'c']);
  await end('c', 200);
  await end('a', 500);
  assert.deepEqual(shown(), ['c']);
  add('d');
  shown.set(['from the server']);
  await end('d', 500);
  assert.deepEqual(shown(), ['from the server']);
});

test('withProbe asks through HttpClient, past the cache, and ends with the application', async (t) => {
  const page = new EventTarget();
  page.visibilityState = 'visible';
  for (const [name, value] of Object.entries({ document: page, addEventListener: page.addEventListener.bind(page), removeEventListener: page.removeEventListener.bind(page) })) {
    const kept = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
    t.after(() => (kept ? Object.defineProperty(globalThis, name, kept) : delete globalThis[name]));
  }
  const authenticate = (request, next) => next(request.clone({ setHeaders: { Authorization: 'Bearer ada' } }));
  const app = await application(t, { interceptors: [authenticate, hybridCacheInterceptor], features: [withProbe({ url: '/api/status', every: 0 })], loading: fakeLoader() });
  await settle();
  page.dispatchEvent(new Event('focus'));
  app.server.expectNone('/api/status');
  await stored(app, '/api/items', [1]);
  page.dispatchEvent(new Event('focus'));
  const asked = app.server.expectOne('/api/status');
  assert.equal(asked.request.headers.get('Authorization'), 'Bearer ada');
  page.dispatchEvent(new Event('online'));
  app.server.expectNone('/api/status', 'one question at a time');
  flush(asked, '{}', { version: 6 });
  await settle();
  assert.equal(app.cache.version(), 6);
  page.dispatchEvent(new Event('online'));
  flush(app.server.expectOne('/api/status'), 'no', { status: 500, statusText: 'x' });
  await settle();
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  app.server.expectNone('/api/status');
  app.injector.destroy();
  page.dispatchEvent(new Event('online'));
  app.server.expectNone('/api/status');
  assert.equal(NgZone.isInAngularZone(), false);
});

test('encryptAtRest: every kind of body is kept sealed and comes back as its kind; the secret is asked for where one can inject', async (t) => {
  const Session = new InjectionToken('session', { factory: () => ({ secret: signal('the secret of one session') }) });
  const app = await application(t, { options: { lookupTimeout: 60_000, encryptAtRest: encryption(() => inject(Session).secret()) } });
  const kinds = { json: { n: 1 }, text: 'ünïcödé', arraybuffer: new Uint8Array([0, 255]).buffer, blob: new Blob([new Uint8Array([1, 254])]) };
  const plain = async (body) => (body instanceof Blob ? [...new Uint8Array(await body.arrayBuffer())] : body instanceof ArrayBuffer ? [...new Uint8Array(body)] : body);
  const answered = async (seen) => {
    while (!seen.complete) await settle();
    return plain(seen.values.at(-1));
  };
  for (const [responseType, body] of Object.entries(kinds)) {
    const seen = follow(app.http.get(`/api/${responseType}`, { responseType }));
    await settle();
    flush(app.server.expectOne(`/api/${responseType}`), body);
    assert.deepEqual(await answered(seen), await plain(body));
  }
  while (app.engine.called('admit').length < 4) await settle();
  for (const [body, , statusText, headers] of app.engine.called('admit')) assert.deepEqual([body instanceof ArrayBuffer, statusText, headers], [true, '', '']);
  for (const [key, record] of app.engine.records) app.engine.records.set(key, { ...record, body: record.body.slice(0) });
  for (const [responseType, body] of Object.entries(kinds)) {
    for (const memory of [false, true]) {
      app.engine.memory = memory;
      assert.deepEqual(await answered(follow(app.http.get(`/api/${responseType}`, { responseType }))), await plain(body), responseType);
    }
  }
  assert.equal(app.cache.stats().hits, 8);

  app.injector.get(Session).secret.set('the secret of another one');
  const seen = follow(app.http.get('/api/text', { responseType: 'text' }));
  let requests = [];
  while (!requests.length) requests = (await settle(), app.server.match('/api/text'));
  flush(requests[0], 'from the network');
  assert.equal(await answered(seen), 'from the network');
  assert.deepEqual(Object.keys(app.cache.stats().reasons), ['absent', 'sealed']);
});

test('a cache that failed says so in Cache-Status, before subscribe returns; an error stays the one it is', async (t) => {
  listen(t);
  const app = await application(t, { loading: Object.assign(fakeLoader(), { load: () => Promise.reject('csp') }), wait: false });
  assert.equal(await app.cache.whenReady(), false);
  const seen = follow(app.http.get('/api/items', { observe: 'response' }));
  flush(app.server.expectOne('/api/items'), [1]);
  assert.equal(seen.values[0].headers.get('Cache-Status'), 'hybrid-cache; fwd=bypass; detail=csp');
  assert.deepEqual(seen.values[0].body, [1]);
  const failed = follow(app.http.get('/api/items'));
  flush(app.server.expectOne('/api/items'), 'no', { status: 503, statusText: 'Busy' });
  assert.equal(failed.error.status, 503);
  assert.deepEqual(app.cache.stats().reasons, { csp: 2 });
});
