import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createHybridCache } from '../../dist/index.js';
import { clientOf, deferred, fakeLoader, lateLoader, listen, network, readyClient, settle, stamped, stopClock } from './support.mjs';

test('nobody is signed in: idle, nothing is loaded, fetch is the browser’s own', async (t) => {
  const requests = network(t);
  const client = clientOf(t, { user: null });
  assert.deepEqual([client.status, client.reason], ['idle', null]);
  await client.fetch('/x');
  await client.fetch('/x');
  assert.equal(requests.length, 2);
  assert.equal(client.testLoader.engine, undefined);
});

test('a user is named later: it is loaded then', async (t) => {
  const client = clientOf(t, { user: null });
  client.setUser('ada');
  assert.equal(client.status, 'loading');
  assert.equal(await client.whenReady(), true);
  assert.equal(client.status, 'ready');
});

test('whenReady begins to load', async (t) => {
  const client = clientOf(t, { user: null });
  assert.equal(await client.whenReady(), true);
});

test('no IndexedDB, no WebAssembly: unavailable from the start, for a reason', async (t) => {
  for (const [name, reason] of [['indexedDB', 'no-indexeddb'], ['WebAssembly', 'no-webassembly']]) {
    const kept = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { configurable: true, value: undefined });
    try {
      const requests = network(t);
      const client = createHybridCache({ user: 'ada' });
      t.after(() => client.close());
      assert.deepEqual([client.status, client.reason], ['unavailable', reason]);
      assert.equal(await client.whenReady(), false);
      const answer = client.fetch('/x');
      assert.equal(requests.length, 1, 'it departs before fetch returns');
      assert.deepEqual(await (await answer).json(), { n: 1 });
      assert.deepEqual(await client.entries(), []);
      assert.equal(await client.delete('/'), 0);
      await client.clear();
    } finally {
      Object.defineProperty(globalThis, name, kept);
      t.mock.restoreAll();
    }
  }
});

test('IndexedDB that throws when looked at counts as missing', (t) => {
  const kept = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');
  t.after(() => Object.defineProperty(globalThis, 'indexedDB', kept));
  Object.defineProperty(globalThis, 'indexedDB', { configurable: true, get: () => { throw new Error('SecurityError'); } });
  const client = createHybridCache({ user: 'ada' });
  t.after(() => client.close());
  assert.equal(client.reason, 'no-indexeddb');
});

test('while loading: a GET waits at most lookupTimeout, then departs with the unknown token', async (t) => {
  const clock = stopClock(t);
  const requests = network(t);
  const client = clientOf(t, { lookupTimeout: 100 }, lateLoader());
  const answer = client.fetch('/x');
  await clock.advance(99);
  assert.equal(requests.length, 0);
  await clock.advance(1);
  assert.equal(requests.length, 1);
  assert.equal((await answer).headers.get('Cache-Status'), 'hybrid-cache; fwd=bypass; detail=loading');
  client.testLoader.arrive();
  await client.whenReady();
  const [[seen]] = client.testLoader.engine.called('observe');
  assert.deepEqual([seen.partition, seen.token, seen.status, seen.version], ['https://app.example ada', undefined, 200, '5']);
});

test('while loading: one timer for all that wait', async (t) => {
  const clock = stopClock(t);
  const requests = network(t);
  const client = clientOf(t, { lookupTimeout: 100 }, lateLoader());
  client.setUser('ada');
  await settle();
  const timers = t.mock.method(globalThis, 'setTimeout');
  for (let n = 0; n < 50; n++) void client.fetch(`/x?n=${n}`);
  assert.equal(timers.mock.callCount(), 1);
  await clock.advance(100);
  assert.equal(requests.length, 50);
});

test('while loading: whatever is not looked up departs at once and is observed', async (t) => {
  const requests = network(t);
  const client = clientOf(t, { include: ['/api/'] }, lateLoader());
  client.fetch('/api/x', { method: 'POST' });
  client.fetch('/elsewhere');
  client.fetch('/api/y', { cache: 'no-store' });
  assert.equal(requests.length, 3);
  await settle();
  client.testLoader.arrive();
  await client.whenReady();
  assert.deepEqual(client.testLoader.engine.called('observe').map(([{ method, url }]) => [method, url]), [
    ['POST', 'https://app.example/api/x'], ['GET', 'https://app.example/elsewhere'], ['GET', 'https://app.example/api/y'],
  ]);
});

test('what came while loading is observed before anything is looked up, under the user it departed with', async (t) => {
  const clock = stopClock(t);
  network(t);
  const client = clientOf(t, { lookupTimeout: 10 }, lateLoader());
  const first = client.fetch('/x');
  await clock.advance(10);
  await first;
  client.setUser('bob');
  void client.fetch('/x');
  client.testLoader.arrive();
  await client.whenReady();
  await settle();
  const { engine } = client.testLoader;
  const order = engine.calls.map(([name, what, key]) => (name === 'observe' ? [name, what.partition] : [name, what, key]));
  const [observed, lookedUp] = [order.findIndex(([n]) => n === 'observe'), order.findIndex(([n]) => n === 'lookup')];
  assert.ok(observed !== -1 && observed < lookedUp, JSON.stringify(order));
  assert.equal(order[observed][1], 'https://app.example ada');
  assert.equal(order[lookedUp][1], 'https://app.example bob');
});

test('a loading that fails: the reason is kept, requests go on, one warning', async (t) => {
  globalThis.document = { baseURI: 'https://app.example/', addEventListener() {}, removeEventListener() {} };
  t.after(() => delete globalThis.document);
  const said = listen(t);
  const requests = network(t);
  const client = clientOf(t, {}, lateLoader());
  const waiting = client.fetch('/x');
  client.testLoader.fail(new TypeError('Failed to fetch dynamically imported module'));
  await waiting;
  assert.equal(client.status, 'unavailable');
  assert.equal(client.reason, 'wasm: TypeError: Failed to fetch dynamically imported module');
  void client.fetch('/y');
  assert.equal(requests.length, 2, 'synchronously');
  assert.deepEqual(said(), [`hybrid-cache: nothing is cached in this page (${client.reason}); requests go to the network.`]);
});

test('a loading that never ends is given up after ten seconds', async (t) => {
  const clock = stopClock(t);
  const client = clientOf(t, {}, lateLoader());
  client.setUser('ada');
  await settle();
  await clock.advance(9_999);
  assert.equal(client.status, 'loading');
  await clock.advance(1);
  assert.equal(client.status, 'unavailable');
  assert.match(client.reason, /^wasm: not loaded within/);
  client.testLoader.arrive();
  await settle();
  assert.equal(client.status, 'unavailable', 'and stays so');
});

test('a database that never opens does not hold requests up', async (t) => {
  const clock = stopClock(t);
  const requests = network(t);
  const client = clientOf(t, { lookupTimeout: 50 }, fakeLoader((engine) => (engine.neverOpens = true)));
  const answer = client.fetch('/x');
  await settle();
  assert.equal(client.status, 'loading');
  await clock.advance(50);
  assert.equal(requests.length, 1);
  await answer;
});

test('memory has to do: ready, and the reason says so; healing takes it back', async (t) => {
  const { client, engine, events } = await readyClient(t);
  engine.host.opened('memory', 'SecurityError');
  await settle();
  assert.deepEqual([client.status, client.reason], ['ready', 'memory-only: SecurityError']);
  engine.host.opened('indexeddb', '');
  await settle();
  assert.deepEqual([client.status, client.reason], ['ready', null]);
  assert.deepEqual(events.map(({ type, reason }) => [type, reason]), [['status', 'memory-only: SecurityError'], ['status', undefined]]);
});

test('a refusal by policy is remembered for the page', async (t) => {
  const loader = fakeLoader();
  loader.load = () => Promise.reject('csp');
  const client = clientOf(t, {}, loader);
  assert.equal(await client.whenReady(), false);
  assert.equal(client.reason, 'csp');
  let again = 0;
  loader.load = () => (again++, Promise.reject('csp'));
  const second = clientOf(t, {}, loader);
  assert.deepEqual([second.status, second.reason], ['unavailable', 'csp']);
  await second.whenReady();
  assert.equal(again, 0);
});

test('closed: requests pass, nothing can be looked up any more', async (t) => {
  const { client, engine } = await readyClient(t);
  const { promise: held, resolve } = deferred();
  const requests = network(t, () => held);
  const under = client.fetch('/x');
  await settle();
  client.close();
  assert.deepEqual([client.status, client.reason], ['unavailable', 'closed']);
  assert.equal(engine.called('close').length, 1);
  resolve(stamped({ n: 1 }));
  assert.equal((await under).status, 200);
  void client.fetch('/y');
  assert.equal(requests.length, 2);
});
