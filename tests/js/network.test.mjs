import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deferred, network, ORIGIN, readyClient, settle, stamped, stopClock, outcome } from './support.mjs';

test('the caller’s body is the network’s own, before anything is stored', async (t) => {
  const { client, engine } = await readyClient(t);
  const source = deferred();
  network(t, () => new Response(new ReadableStream({ async pull(controller) {
    await source.promise;
    controller.enqueue(new TextEncoder().encode('{"late":1}'));
    controller.close();
  } }), { headers: { 'content-type': 'application/json', 'x-cache-version': '1' } }));
  const response = await client.fetch('/x');
  assert.equal(engine.called('admit').length, 0, 'delivered with its headers');
  source.resolve();
  assert.deepEqual(await response.json(), { late: 1 });
  await settle();
  assert.equal(engine.called('admit').length, 1);
});

test('however a caller reads a body, it is stored, and used once', async (t) => {
  const { client, engine } = await readyClient(t);
  network(t, () => stamped({ n: 1 }));
  const whole = async (stream) => new Response(stream).text();
  const WAYS = {
    json: async (response) => JSON.stringify(await response.json()),
    text: (response) => response.text(),
    arrayBuffer: async (response) => new TextDecoder().decode(await response.arrayBuffer()),
    blob: async (response) => (await response.blob()).text(),
    body: (response) => whole(response.body),
    clone: async (response) => (await response.clone().text()) && response.text(),
    'in a later task': async (response) => settle().then(() => response.text()),
  };
  for (const [way, read] of Object.entries(WAYS)) {
    const before = engine.called('admit').length;
    const response = await client.fetch(`/${way}`);
    assert.equal(response.bodyUsed, false, way);
    assert.equal(await read(response), '{"n":1}', way);
    assert.equal(response.bodyUsed, true, way);
    for (const again of ['json', 'text', 'arrayBuffer']) await assert.rejects(response[again](), TypeError, `${way}, ${again}`);
    assert.throws(() => response.clone(), TypeError, way);
    await settle();
    assert.deepEqual(engine.called('admit').slice(before).map(([body]) => body), ['{"n":1}'], way);
  }
  const unread = await client.fetch('/unread');
  await settle();
  assert.deepEqual(engine.called('admit').at(-1)[0], '{"n":1}');
  assert.deepEqual(await unread.json(), { n: 1 });
});

test('a connection that breaks in the middle: the caller sees it, nothing is stored', async (t) => {
  const { client, engine } = await readyClient(t);
  for (const [times, type] of ['text/plain', 'application/json'].entries()) {
    network(t, () => new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError('reset')) }), { headers: { 'content-type': type, 'x-cache-version': '1' } }));
    for (const read of ['text', 'json', 'blob']) {
      const response = await client.fetch(`/${read}`);
      await assert.rejects(response[read](), /reset/, `${type}, ${read}`);
    }
    await settle();
    assert.equal(engine.called('admit').length, 0);
    assert.equal(engine.called('abandon').length, 3 * (times + 1));
    t.mock.restoreAll();
  }
});

test('what is no JSON is an error of the caller’s, as without a cache', async (t) => {
  const { client } = await readyClient(t);
  network(t, () => new Response('{', { headers: { 'content-type': 'application/json', 'x-cache-version': '1' } }));
  const response = await client.fetch('/x');
  await assert.rejects(response.json(), SyntaxError);
  assert.equal(response.bodyUsed, true);
});

test('what never ends is not kept', async (t) => {
  const { client, engine } = await readyClient(t);
  network(t, () => new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream', 'x-cache-version': '1' } }));
  const response = await client.fetch('/events');
  assert.equal(response.bodyUsed, false);
  assert.equal(engine.called('observe')[0][0].key, undefined);
  await response.body.cancel();
});

test('network errors come through as they are', async (t) => {
  const { client, events } = await readyClient(t);
  network(t, () => { throw new TypeError('Failed to fetch'); });
  await assert.rejects(client.fetch('/x'), { name: 'TypeError', message: 'Failed to fetch' });
  await settle();
  assert.deepEqual(outcome(events), ['miss absent']);
});

test('echo: the known version, to the own origin, if wanted', async (t) => {
  for (const [echoVersion, expected] of [[true, [null, '5', '5', null]], [false, [null, null, null, null]]]) {
    const { client } = await readyClient(t, { echoVersion, include: ['/', 'https://api.example/'] });
    const requests = network(t);
    await client.fetch('/x');
    await client.fetch('/y', { headers: { a: 'b' } });
    await client.fetch(new Request(`${ORIGIN}/z`, { method: 'POST', body: 'data' }));
    await client.fetch('https://api.example/x');
    assert.deepEqual(requests.map(({ headers }) => headers.get('x-test-echo')), expected);
    assert.equal(requests[1].headers.get('a'), 'b');
    assert.equal(await requests[2].text(), 'data');
    t.mock.restoreAll();
  }
});

test('hold: delivered when the change is settled, or after 50 ms', async (t) => {
  const { client, engine } = await readyClient(t);
  const clock = stopClock(t);
  network(t);
  engine.also = 2;
  const ids = [];
  engine.onObserve = (id) => ids.push(id);
  let delivered = 0;
  const count = () => delivered++;
  void client.fetch('/a').then(count);
  void client.fetch('/b', { method: 'POST' }).then(count);
  await settle();
  assert.equal(delivered, 0);
  engine.host.settled(ids[0]);
  await settle();
  assert.equal(delivered, 1);
  await clock.advance(49);
  assert.equal(delivered, 1);
  await clock.advance(1);
  assert.equal(delivered, 2);
});

test('hold: what is settled before observe returns is delivered at once', async (t) => {
  const { client, engine } = await readyClient(t);
  stopClock(t);
  network(t);
  engine.also = 2;
  engine.onObserve = (id) => engine.host.settled(id);
  assert.equal((await client.fetch('/a')).status, 200);
});

test('S5: equal requests share one, each with a response of its own', async (t) => {
  const { client, engine, events } = await readyClient(t);
  const gate = deferred();
  const requests = network(t, () => gate.promise);
  const answers = Array.from({ length: 5 }, () => client.fetch('/x'));
  await settle();
  assert.equal(requests.length, 1);
  gate.resolve(stamped({ list: [1] }));
  const responses = await Promise.all(answers);
  const bodies = await Promise.all(responses.map((response) => response.json()));
  bodies[0].list.push('POISON');
  assert.deepEqual(bodies.slice(1), Array(4).fill({ list: [1] }));
  assert.equal(new Set(responses).size, 5);
  assert.match(responses[1].headers.get('Cache-Status'), /; collapsed/);
  await settle();
  assert.deepEqual(outcome(events), Array(5).fill('miss absent'));
  assert.equal(engine.called('observe').length, 1);
  assert.equal(engine.called('admit').length, 1);
  assert.equal(client.stats().shared, 4);
});

test('S5: another generation, an unknown token, a signal, a POST: nothing is shared', async (t) => {
  const { client, engine } = await readyClient(t);
  const gate = deferred();
  const requests = network(t, () => gate.promise.then((response) => response.clone()));
  void client.fetch('/x');
  await settle();
  engine.generation++;
  void client.fetch('/x');
  await settle();
  assert.equal(requests.length, 2);
  engine.knowsState = false;
  void client.fetch('/x');
  void client.fetch('/x');
  await settle();
  assert.equal(requests.length, 4);
  engine.knowsState = true;
  void client.fetch('/x', { signal: new AbortController().signal });
  void client.fetch('/x', { method: 'POST' });
  void client.fetch('/x', { method: 'POST' });
  await settle();
  assert.equal(requests.length, 7);
  gate.resolve(stamped({}));
});

test('S5: a shared request that fails, fails for all; the next one tries again', async (t) => {
  const { client } = await readyClient(t);
  const gate = deferred();
  const requests = network(t, (_, n) => (n === 1 ? gate.promise : stamped({})));
  const answers = [client.fetch('/x'), client.fetch('/x')];
  await settle();
  gate.reject(new TypeError('Failed to fetch'));
  assert.deepEqual((await Promise.allSettled(answers)).map(({ status }) => status), ['rejected', 'rejected']);
  assert.equal((await client.fetch('/x')).status, 200);
  assert.equal(requests.length, 2);
});

test('stale: served, fetched again behind it, once', async (t) => {
  const { client, engine, events } = await readyClient(t);
  const gate = deferred();
  const requests = network(t, (_, n) => (n === 1 ? stamped({ n }) : gate.promise));
  await client.fetch('/x');
  await settle();
  engine.records.get(`0 fetch GET ${ORIGIN}/x`).verdict = 'stale';
  assert.deepEqual(await (await client.fetch('/x')).json(), { n: 1 });
  assert.deepEqual(await (await client.fetch('/x')).json(), { n: 1 });
  assert.equal(requests.length, 2);
  gate.resolve(stamped({ n: 2 }));
  await settle();
  await settle();
  assert.deepEqual(await (await client.fetch('/x')).json(), { n: 2 });
  await settle();
  assert.deepEqual(outcome(events), ['miss absent', 'stale stale', 'stale stale', 'hit']);
  assert.equal(client.stats().stale, 2);
  assert.deepEqual(events.filter(({ type }) => type === 'store').map(({ reason }) => reason), ['absent', 'stale']);
});

test('stale: a revalidation that fails bothers nobody', async (t) => {
  const { client, engine } = await readyClient(t);
  const requests = network(t, (_, n) => { if (n > 1) throw new TypeError('offline'); return stamped({ n }); });
  await client.fetch('/x');
  await settle();
  engine.records.get(`0 fetch GET ${ORIGIN}/x`).verdict = 'stale';
  assert.deepEqual(await (await client.fetch('/x')).json(), { n: 1 });
  await settle();
  assert.equal(requests.length, 2);
});

test('abort: before, during the lookup, on the network', async (t) => {
  const { client, engine } = await readyClient(t);
  const requests = network(t, ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
  await assert.rejects(client.fetch('/x', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  engine.slow = true;
  const looking = new AbortController();
  const waiting = client.fetch('/x', { signal: looking.signal });
  await settle();
  looking.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  engine.answerAll();
  engine.slow = false;
  await settle();
  assert.equal(requests.length, 0, 'nothing departed');
  const flying = new AbortController();
  const under = client.fetch('/x', { signal: flying.signal });
  await settle();
  assert.equal(requests.length, 1);
  flying.abort();
  await assert.rejects(under, { name: 'AbortError' });
});

test('what fetch would refuse, fetch refuses', async (t) => {
  const { client } = await readyClient(t);
  await assert.rejects(client.fetch('/x', { headers: { 'bad name': '1' } }), TypeError);
  await assert.rejects(client.fetch('http://['), TypeError);
});

test('prefetch stores for the caller that is named, what is there is not fetched again', async (t) => {
  const { client, engine } = await readyClient(t);
  const requests = network(t, ({ url }) => (url.endsWith('/gone') ? new Response('', { status: 404 }) : new Response(')]}\',\n{"n":1}', { headers: { 'x-cache-version': '1' } })));
  assert.equal(await client.prefetch(['/a', '/b', '/gone'], { as: 'json' }), 2);
  await settle();
  assert.equal(await client.prefetch(['/a'], { as: 'json' }), 1);
  assert.equal(requests.length, 3);
  assert.deepEqual(engine.called('admit').map(([body]) => body), ['{"n":1}', '{"n":1}']);
  assert.deepEqual([...engine.records.keys()].sort(), [`0 json GET ${ORIGIN}/a`, `0 json GET ${ORIGIN}/b`]);
});
