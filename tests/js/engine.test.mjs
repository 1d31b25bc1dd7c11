import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fakeLoader, listen, network, readyClient, settle, stamped, stopClock } from './support.mjs';

test('a lookup that is not answered in time is a miss; its request departs with what is known then', async (t) => {
  const { client, engine, events } = await readyClient(t, { lookupTimeout: 100 });
  const clock = stopClock(t);
  const requests = network(t);
  engine.slow = true;
  const answer = client.fetch('/x');
  await clock.advance(99);
  assert.equal(requests.length, 0);
  await clock.advance(1);
  assert.equal(requests.length, 1);
  await answer;
  await clock.advance(1);
  assert.deepEqual(events.find(({ type }) => type === 'miss').reason, 'timeout');
  assert.equal(engine.called('admit').length, 1, 'departed with a token, so it is stored');
  engine.answerAll();
  await settle();
  assert.equal(events.filter(({ type }) => type === 'hit' || type === 'miss').length, 1, 'a late answer is nobody’s');
});

test('the time spent loading counts', async (t) => {
  const { client, engine } = await readyClient(t, { lookupTimeout: 100 });
  const clock = stopClock(t);
  const requests = network(t);
  engine.slow = true;
  void client.fetch('/a');
  await clock.advance(60);
  void client.fetch('/b');
  await clock.advance(40);
  assert.deepEqual(requests.map(({ url }) => new URL(url).pathname), ['/a']);
  await clock.advance(60);
  assert.deepEqual(requests.map(({ url }) => new URL(url).pathname), ['/a', '/b']);
});

test('many lookups, one timer', async (t) => {
  const { client, engine } = await readyClient(t, { lookupTimeout: 100 });
  const clock = stopClock(t);
  network(t);
  engine.slow = true;
  const timers = t.mock.method(globalThis, 'setTimeout');
  for (let n = 0; n < 50; n++) void client.fetch(`/x?n=${n}`);
  assert.equal(timers.mock.callCount(), 1);
  await clock.advance(100);
});

for (const [name, call] of [
  ['lookup', (client) => client.fetch('/x')],
  ['depart', (client) => client.fetch('/x', { cache: 'no-store' })],
  ['observe', (client) => client.fetch('/x')],
  ['admit', (client) => client.fetch('/x')],
]) {
  test(`a trap in ${name}: the answer is the network’s, another engine begins, and after its trap none is called again`, async (t) => {
    const { client, engine: first, events } = await readyClient(t);
    listen(t);
    const requests = network(t, () => stamped({ n: 7 }));
    first.trapping = name;
    assert.deepEqual(await (await call(client)).json(), { n: 7 });
    await settle();
    const engine = client.testLoader.engine;
    assert.notEqual(engine, first);
    assert.equal(client.status, 'ready');
    assert.equal(engine.called('clear').length, 1, 'what the first had not committed may be older than anything');
    const before = first.calls.length;
    assert.deepEqual(await (await client.fetch('/y')).json(), { n: 7 });
    assert.equal(first.calls.length, before, 'the first is not called again');
    engine.trapping = name;
    assert.deepEqual(await (await call(client)).json(), { n: 7 });
    await settle();
    assert.deepEqual([client.status, client.reason], ['unavailable', 'panic: RuntimeError: unreachable']);
    assert.ok(events.some(({ type, reason }) => type === 'error' && reason === client.reason));
    const calls = engine.calls.length;
    assert.deepEqual(await (await client.fetch('/x')).json(), { n: 7 });
    assert.equal(engine.calls.length, calls);
    assert.equal(requests.length, 4);
    assert.equal(client.testLoader.refused, client.reason, 'for every client of the page');
  });
}

test('a panic while lookups wait: all of them are misses', async (t) => {
  const { client, engine, events } = await readyClient(t);
  listen(t);
  const requests = network(t);
  engine.slow = true;
  const answers = [1, 2, 3].map((n) => client.fetch(`/x?n=${n}`));
  await settle();
  engine.host.panicked('index out of bounds');
  const responses = await Promise.all(answers);
  assert.deepEqual(responses.map(({ status }) => status), [200, 200, 200]);
  assert.equal(requests.length, 3);
  assert.deepEqual(events.filter(({ type }) => type === 'miss').map(({ reason }) => reason), ['panic', 'panic', 'panic']);
  client.testLoader.engine.host.panicked('index out of bounds');
  await settle();
  assert.deepEqual([client.status, client.reason], ['unavailable', 'panic: index out of bounds']);
});

for (const [what, call] of [['clear', (client) => client.clear()], ['delete', (client) => client.delete('/x')]]) {
  test(`a panic while ${what}() waits: it is over when the next engine has cleared everything`, async (t) => {
    const held = [];
    // Nothing the first is told comes to an end; the next one's clear when the test says so.
    const loader = fakeLoader((engine) => (engine.clear = engine.invalidate = (id) => held.push(() => engine.host.settled(id))));
    const { client, engine } = await readyClient(t, {}, loader);
    listen(t);
    let over = false;
    const done = call(client).then(() => (over = true));
    engine.host.panicked('gone');
    await settle();
    assert.equal(over, false);
    held[1]();
    await done;
  });
}

test('clear fences at once, and does not wait for ever', async (t) => {
  const { client, engine } = await readyClient(t);
  const clock = stopClock(t);
  engine.clear = (...args) => engine.calls.push(['clear', ...args]);
  const cleared = client.clear();
  assert.equal(engine.called('clear').length, 1, 'before clear() has returned');
  await clock.advance(10_000);
  await cleared;
});

test('the engine may call back at any time; the application hears of it later', async (t) => {
  const { client, engine } = await readyClient(t);
  network(t);
  engine.memory = true;
  engine.records.set('0 fetch GET https://app.example/x', { status: 200, statusText: '', url: '', headers: '', body: 'x', stored: 0, fresh: 0 });
  let inside = false;
  const { lookup } = engine;
  engine.lookup = (...args) => {
    assert.equal(inside, false, 'never called from within itself');
    inside = true;
    lookup.apply(engine, args);
    engine.host.changed(0, 'version', 6, true, false);
    inside = false;
  };
  const stop = client.on(({ type }) => {
    if (type !== 'version') return;
    stop();
    void client.fetch('/x');
  });
  await client.fetch('/x');
  await settle();
  assert.equal(engine.called('lookup').length, 2);
});

test('warnings are printed once for each cause, in a sentence where there is one', async (t) => {
  const { engine } = await readyClient(t);
  const said = listen(t);
  const { sentence } = await import('../../dist/warnings.js');
  engine.host.warn('storage', 'DataError: no');
  engine.host.warn('storage', 'DataError: no');
  engine.host.warn('unheard-of', 'a detail');
  await settle();
  assert.deepEqual(said(), [`hybrid-cache: ${sentence('storage', 'DataError: no')}`, 'hybrid-cache: unheard-of a detail']);
  assert.match(said()[0], /cannot be stored \(DataError: no\)/);
});

test('tabs hear of each other', async (t) => {
  const { engine } = await readyClient(t);
  const { engine: other } = await readyClient(t);
  const heard = new Promise((done) => (other.heard = done));
  engine.host.broadcast('https://app.example ada');
  assert.equal(await heard, 'https://app.example ada');
  assert.equal(engine.called('heard').length, 0);
});

test('options reach the engine in its units', async (t) => {
  const { engine } = await readyClient(t, { ttl: 5, maxBytes: 6, maxEntries: 7, versionless: 'ttl' });
  const { maxBytes, maxEntries, ttl, versionlessTtl, mirror } = engine.options;
  assert.deepEqual({ maxBytes, maxEntries, ttl, versionlessTtl, mirror }, { maxBytes: 6, maxEntries: 7, ttl: 5, versionlessTtl: true, mirror: null });
});
