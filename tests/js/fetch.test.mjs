import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deferred, network, ORIGIN, readyClient, settle, stamped, stopClock } from './support.mjs';

const outcome = (events) => events.filter(({ type }) => ['hit', 'miss', 'stale', 'bypass'].includes(type)).map(({ type, reason }) => (reason ? `${type} ${reason}` : type));

test('miss, store, hit: status, headers, body and URL come back', async (t) => {
  const { client, engine, events } = await readyClient(t);
  const requests = network(t, () => stamped({ n: 1 }, { statusText: 'Fine', headers: { etag: '"a"' } }));
  const missed = await client.fetch('/x?b=2&a=1');
  assert.equal(missed.headers.get('Cache-Status'), 'hybrid-cache; fwd=uri-miss; stored; detail=absent');
  assert.deepEqual(await missed.json(), { n: 1 });
  await settle();
  const hit = await client.fetch('/x?a=1&b=2');
  assert.equal(requests.length, 1);
  assert.deepEqual([hit.status, hit.statusText, hit.url, hit.headers.get('etag')], [200, 'Fine', `${ORIGIN}/x?a=1&b=2`, '"a"']);
  assert.match(hit.headers.get('Cache-Status'), /^hybrid-cache; hit; ttl=(60|59)$/);
  assert.deepEqual(await hit.json(), { n: 1 });
  await settle();
  assert.deepEqual(outcome(events), ['miss absent', 'hit']);
  const told = events.find(({ type }) => type === 'hit');
  assert.deepEqual([told.layer, told.url, told.method, told.version], ['indexeddb', `${ORIGIN}/x?a=1&b=2`, 'GET', 5]);
  assert.ok(told.ms >= 0);
  assert.deepEqual(engine.called('admit').map(([body]) => body), ['{"n":1}']);
  const { hits, misses, savedBytes, reasons } = client.stats();
  assert.deepEqual({ hits, misses, savedBytes, reasons }, { hits: 1, misses: 1, savedBytes: 7, reasons: { absent: 1 } });
});

test('a memory hit is counted as one', async (t) => {
  const { client, engine, events } = await readyClient(t);
  network(t);
  await client.fetch('/x');
  await settle();
  engine.memory = true;
  await client.fetch('/x');
  await settle();
  assert.equal(client.stats().memoryHits, 1);
  assert.equal(events.at(-1).layer, 'memory');
});

test('JSON is kept as text, everything else byte for byte', async (t) => {
  const { client, engine } = await readyClient(t);
  const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 0xff, 0x00, 0x41);
  const bodies = { '/json': '{}', '/problem': '{}', '/csv': bytes, '/latin': '{}', '/nothing': bytes };
  const types = {
    '/json': 'application/json; charset=utf-8', '/problem': 'application/problem+json', '/csv': 'text/csv',
    '/latin': 'application/json; charset=iso-8859-1', '/nothing': '',
  };
  network(t, ({ url }) => {
    const { pathname } = new URL(url);
    const headers = { 'x-cache-version': '1', ...(types[pathname] && { 'content-type': types[pathname] }) };
    return new Response(bodies[pathname], { headers });
  });
  const kinds = {};
  for (const path of Object.keys(bodies)) {
    await client.fetch(path);
    await settle();
    kinds[path] = typeof engine.called('admit').at(-1)[0];
  }
  assert.deepEqual(kinds, { '/json': 'string', '/problem': 'string', '/csv': 'object', '/latin': 'object', '/nothing': 'object' });
  const hit = await client.fetch('/csv');
  assert.match(hit.headers.get('Cache-Status'), /hit/);
  assert.deepEqual(new Uint8Array(await hit.arrayBuffer()), bytes);
});

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

test('a connection that breaks in the middle: the caller sees it, nothing is stored', async (t) => {
  const { client, engine } = await readyClient(t);
  network(t, () => new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError('reset')) }), { headers: { 'x-cache-version': '1' } }));
  const response = await client.fetch('/x');
  await assert.rejects(response.text(), /reset/);
  await settle();
  assert.equal(engine.called('admit').length, 0);
  assert.equal(engine.called('abandon').length, 1);
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

test('a record that makes no response is a miss', async (t) => {
  const { client, engine, events } = await readyClient(t);
  network(t, () => stamped({ n: 2 }));
  engine.records.set(`0 fetch GET ${ORIGIN}/x`, { status: 9_000, statusText: '', url: '', headers: 'a b: c', body: 'x', stored: 0, fresh: 0 });
  assert.deepEqual(await (await client.fetch('/x')).json(), { n: 2 });
  await settle();
  assert.deepEqual(outcome(events), ['miss corrupt']);
  assert.equal(engine.called('admit').length, 1, 'and is replaced');
});

test('methods, special requests and rules: not looked up, observed, not stored', async (t) => {
  const { client, engine, events } = await readyClient(t, { include: ['/api/'], rules: [{ match: '/api/live', cache: false }] });
  const requests = network(t);
  const calls = [
    ['/api/x', { method: 'POST' }, 'method'], ['/api/x', { method: 'DELETE' }, 'method'], ['/api/x', { method: 'HEAD' }, 'method'],
    ['/other', {}, 'include'], ['/api/live', {}, 'rule'],
    ['/api/x', { cache: 'no-store' }, 'asked'], ['/api/x', { headers: { Range: 'bytes=0-1' } }, 'asked'],
    ['/api/x', { headers: { 'If-None-Match': '"a"' } }, 'asked'], ['/api/x', { headers: { 'Cache-Control': 'no-store' } }, 'asked'],
    ['/api/x', { redirect: 'manual' }, 'asked'],
  ];
  for (const [address, init] of calls) {
    const before = requests.length;
    const answer = client.fetch(address, init);
    assert.equal(requests.length, before + 1, 'it departs before fetch returns');
    await answer;
  }
  await settle();
  assert.equal(engine.called('lookup').length, 0);
  assert.deepEqual(engine.called('observe').map(([{ key }]) => key), calls.map(() => undefined));
  assert.deepEqual(outcome(events), calls.map(([, , reason]) => `bypass ${reason}`));
  assert.equal(client.stats().bypassed, calls.length);
});

test('other servers are none of its business', async (t) => {
  const { client, engine } = await readyClient(t);
  const requests = network(t);
  const calls = engine.calls.length;
  await client.fetch('https://other.example/x');
  await client.fetch('https://other.example/x', { method: 'POST' });
  assert.equal(engine.calls.length, calls);
  assert.equal(requests.length, 2);
});

test('reload and no-cache: fetched and stored', async (t) => {
  const { client, engine } = await readyClient(t);
  let n = 0;
  network(t, () => stamped({ n: ++n }));
  await client.fetch('/x');
  await settle();
  for (const init of [{ cache: 'reload' }, { cache: 'no-cache' }, { headers: { 'Cache-Control': 'no-cache' } }]) {
    await client.fetch('/x', init);
    await settle();
  }
  assert.equal(n, 4);
  assert.equal(engine.called('lookup').length, 1);
  assert.deepEqual(await (await client.fetch('/x')).json(), { n: 4 });
});

test('key: variant, method, URL, key headers, unusual credentials', async (t) => {
  const { client, engine } = await readyClient(t, { keyHeaders: ['Accept', 'X-Tenant'] });
  network(t);
  await client.fetch('/x');
  await client.fetch(new URL('/x#part', ORIGIN), { headers: { accept: 'text/csv', 'x-tenant': '7', 'x-other': '1' } });
  await client.fetch(new Request(`${ORIGIN}/x`, { credentials: 'omit' }));
  await client.fetch('/x', { credentials: 'include' });
  const url = `fetch GET ${ORIGIN}/x`;
  assert.deepEqual(engine.called('lookup').map(([, key]) => key), [
    url, `${url}\naccept: text/csv\nx-tenant: 7`, `${url}\n(credentials): omit`, url,
  ]);
});

test('rules reach the engine: a time, none of its own, no rule', async (t) => {
  const { client, engine } = await readyClient(t, { rules: [{ match: '/a', ttl: 7, staleWhileRevalidate: 8 }, { match: '/b' }] });
  network(t);
  for (const path of ['/a', '/b', '/c']) await client.fetch(path);
  assert.deepEqual(engine.called('observe').map(([{ ruleTtl, ruleStale }]) => [ruleTtl, ruleStale]), [[7, 8], [NaN, NaN], [-1, NaN]]);
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

test('no listener: nothing is told; one that throws is alone with it', async (t) => {
  const { client } = await readyClient(t);
  network(t);
  const heard = [];
  const thrown = [];
  const uncaught = (error) => thrown.push(error.message);
  const kept = process.rawListeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', uncaught);
  t.after(() => {
    process.removeListener('uncaughtException', uncaught);
    for (const listener of kept) process.on('uncaughtException', listener);
  });
  client.on(() => { throw new Error('mine'); });
  const stop = client.on(({ type }) => heard.push(type));
  await client.fetch('/x');
  await settle();
  assert.deepEqual(heard, ['miss', 'store']);
  assert.equal(thrown[0], 'mine');
  stop();
  await client.fetch('/x');
  await settle();
  assert.equal(heard.length, 2);
});

test('late and version come through', async (t) => {
  const { client, engine, events } = await readyClient(t);
  network(t);
  let id;
  engine.onObserve = (observed) => (id = observed);
  await client.fetch('/x');
  engine.host.late(id, 'R7');
  engine.host.changed(0, 'version', 6, true, false);
  engine.host.changed(0, 'regress', undefined, true, false);
  engine.host.changed(99, 'version', 7, true, false);
  await settle();
  const rest = events.filter(({ type }) => type === 'late' || type === 'version');
  assert.deepEqual(rest.map(({ at, ...said }) => said), [
    { type: 'late', url: `${ORIGIN}/x`, method: 'GET', reason: 'R7' },
    { type: 'version', reason: 'version', version: 6 },
    { type: 'version', reason: 'regress' },
  ]);
});
