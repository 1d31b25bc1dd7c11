import assert from 'node:assert/strict';
import { test } from 'node:test';

import { network, ORIGIN, readyClient, settle, stamped, outcome } from './support.mjs';

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

test('Cache-Status stands behind those of other caches, on misses, hits and errors', async (t) => {
  const { client } = await readyClient(t);
  network(t, ({ url }) => stamped({}, { status: url.endsWith('/none') ? 404 : 200, headers: { 'Cache-Status': 'edge; hit' } }));
  const status = async (url) => (await client.fetch(url)).headers.get('Cache-Status');
  assert.equal(await status('/x'), 'edge; hit, hybrid-cache; fwd=uri-miss; stored; detail=absent');
  await settle();
  assert.match(await status('/x'), /^edge; hit, hybrid-cache; hit; ttl=\d+$/);
  assert.equal(await status('/none'), 'edge; hit, hybrid-cache; fwd=uri-miss; detail=absent');
});

test('bypass: nothing is looked up or stored, and everything is observed', async (t) => {
  const { client, engine } = await readyClient(t);
  const requests = network(t);
  await client.fetch('/x');
  await settle();
  client.bypass = true;
  const passed = await client.fetch('/x');
  assert.equal(passed.headers.get('Cache-Status'), 'hybrid-cache; fwd=request; detail=asked');
  await settle();
  assert.deepEqual([requests.length, engine.called('lookup').length, engine.called('admit').length, engine.called('observe').length], [2, 1, 1, 2]);
  client.bypass = false;
  await client.fetch('/x');
  assert.equal(requests.length, 2, 'and back');
});

test('the body of a hit is used once, like any other', async (t) => {
  const { client } = await readyClient(t);
  network(t, () => stamped({ n: 1 }));
  await client.fetch('/x');
  await settle();
  const hit = () => client.fetch('/x');
  for (const read of ['json', 'text', 'arrayBuffer', 'blob']) {
    const response = await hit();
    const copy = response.clone();
    assert.equal(response.bodyUsed, false);
    await response[read]();
    assert.equal(response.bodyUsed, true, read);
    for (const again of ['json', 'text', 'arrayBuffer']) await assert.rejects(response[again](), TypeError, `${read}, ${again}`);
    assert.throws(() => response.clone(), TypeError);
    assert.equal(await copy.text(), '{"n":1}');
  }
  const locked = await hit();
  const reader = locked.body.getReader();
  await assert.rejects(locked.json(), TypeError);
  assert.equal(new TextDecoder().decode((await reader.read()).value), '{"n":1}');
  assert.deepEqual(await new Response((await hit()).body).json(), { n: 1 });
});

test('frozen: json() of every hit is one object', async (t) => {
  const { client, engine } = await readyClient(t, { bodies: 'frozen' });
  network(t, () => stamped([{ n: 1 }]));
  await client.fetch('/x');
  await settle();
  engine.memory = true;
  const [one, two] = await Promise.all([client.fetch('/x'), client.fetch('/x')].map(async (response) => (await response).json()));
  assert.equal(one, two);
  assert.ok(Object.isFrozen(one[0]));
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
