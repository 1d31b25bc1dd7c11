/** `hybrid-cache/angular/testing`: what the test suite of an application sees. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

// First, since the engine is the real one, and it notes every 30 s what was used.
import './loose-timers.mjs';
// Then this, since it brings zone.js and the compiler.
import { application, flush, follow, stored } from './angular.mjs';

import { withCache, withProbe } from '../../dist/angular/index.js';
import { provideHybridCacheTesting } from '../../dist/angular/testing/index.js';
import { loader } from '../../dist/load.js';
import { listen, settle } from './support.mjs';

/** The parts as they are built, with the engine that browsers run. */
const built = { load: loader.load };

/** Node has no IndexedDB, as jsdom has none. */
function withoutIndexedDb(t) {
  const kept = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');
  t.after(() => Object.defineProperty(globalThis, 'indexedDB', kept));
  delete globalThis.indexedDB;
}

/** An application's own providers, and after them those of its tests. */
const tested = (t, options, more = {}) => application(t, { loading: built, ...more, providers: [provideHybridCacheTesting(options)] });

test('off: every request passes before subscribe returns, and nothing is loaded or said', async (t) => {
  const said = listen(t);
  const app = await tested(t, undefined, { wait: false, loading: { load: () => assert.fail('nothing is to be loaded') } });
  const seen = follow(app.http.get('/api/items'));
  flush(app.server.expectOne('/api/items'), [1]);
  assert.deepEqual(seen.values, [[1]]);
  assert.equal(app.cache.status(), 'unavailable');
  assert.equal(await app.cache.whenReady(), false);
  await app.cache.clear();
  app.cache.setUser('somebody');
  await settle();
  assert.deepEqual(said(), []);
});

test('memory: a second request is a hit, with or without IndexedDB; another version ends it', async (t) => {
  for (const lacking of [true, false]) {
    await t.test(lacking ? 'without IndexedDB' : 'where there is an IndexedDB, it is left alone', async (t) => {
      const said = listen(t);
      if (lacking) withoutIndexedDb(t);
      else Object.assign(globalThis.indexedDB, { open: () => assert.fail('opened') });
      const app = await tested(t, { engine: 'memory' });
      await stored(app, '/api/items', [1]);
      const hit = follow(app.http.get('/api/items'));
      app.server.expectNone('/api/items');
      await settle();
      assert.deepEqual(hit.values, [[1]]);
      assert.deepEqual([app.cache.status(), app.cache.version(), app.cache.stats().hits], ['ready', 5, 1]);
      await stored(app, '/api/other', [1], { answer: { version: 6 } });
      follow(app.http.get('/api/items'));
      await settle();
      app.server.expectOne('/api/items');
      assert.deepEqual(said(), []);
    });
  }
});

test('memory: the rules are the cache’s own; a tag of a write ends the responses that bear it', async (t) => {
  withoutIndexedDb(t);
  const app = await tested(t, { engine: 'memory' });
  const about = (...tags) => ({ context: withCache({ tags }) });
  await stored(app, '/api/list', [1], about('items', 'lists'));
  await stored(app, '/api/item/7', { id: 7 }, about('items "7"'));
  const changed = follow(app.http.post('/api/item', {}, about('items')));
  flush(app.server.expectOne('/api/item'), {});
  await settle();
  assert.equal(changed.complete, true);
  const kept = follow(app.http.get('/api/item/7', about('items "7"')));
  await settle();
  assert.deepEqual(kept.values, [{ id: 7 }]);
  follow(app.http.get('/api/list', about('items', 'lists')));
  await settle();
  app.server.expectOne('/api/list');
  await app.cache.delete({ tag: 'items "7"' });
  follow(app.http.get('/api/item/7'));
  await settle();
  app.server.expectOne('/api/item/7');
});

test('memory: every injector has a cache of its own', async (t) => {
  withoutIndexedDb(t);
  const [one, two] = [await tested(t, { engine: 'memory' }), await tested(t, { engine: 'memory' })];
  await stored(one, '/api/items', [1]);
  await stored(two, '/api/items', [2]);
});

test('features of the application do nothing', async (t) => {
  withoutIndexedDb(t);
  const app = await tested(t, { engine: 'memory' }, { features: [withProbe({ every: 1_000 })] });
  await stored(app, '/api/items', [1]);
  globalThis.dispatchEvent?.(new Event('focus'));
  await settle();
  app.server.verify();
});

test('options are checked', () => {
  assert.throws(() => provideHybridCacheTesting({ ttl: -1 }), /option "ttl" is -1/);
});
