/** The rules for responses and for serving, with one tab and one user, in the real thing. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { oneBrowser } from '../support/stage.mjs';

const stage = oneBrowser();

test('first the network, then memory, after a reload IndexedDB', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  const first = await page.get('/api/a');
  assert.equal(await page.source('/api/a'), 'network');
  await page.stored();
  await page.remembers('/api/a');
  const second = await page.get('/api/a');
  await page.reload();
  const third = await page.get('/api/a');
  assert.equal(await page.source('/api/a'), 'indexeddb');
  assert.equal(server.count('/api/a'), 1, 'the server saw one request');
  assert.deepEqual(second.body, first.body);
  assert.deepEqual(third.body, first.body);
  assert.equal(third.status, 200);
  assert.equal(third.headers['content-type'], 'application/json');
  assert.equal(third.headers['x-cache-version'], '1');
  page.assertQuiet();
});

test('query parameters in another order are the same request, other values are not', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a?x=1&y=2');
  await page.stored();
  await page.get('/api/a?y=2&x=1');
  assert.equal(server.count('/api/a'), 1);
  await page.get('/api/a?y=2&x=3');
  assert.equal(server.count('/api/a'), 2);
});

for (const [what, see] of [
  ['another GET', (page) => page.get('/api/b')],
  ['an answer to a write', (page) => page.get('/api/b', 'alice', { method: 'POST' })],
  ['an error', (page, server) => (server.alter('/api/b', { status: 500 }), page.get('/api/b'))],
  ['a request that asks not to be stored', (page) => page.get('/api/b', 'alice', { headers: { 'Cache-Control': 'no-store' } })],
]) {
  test(`a newer version seen on ${what} ends every older entry (R3, S1)`, async (t) => {
    const { server, tab } = await stage(t);
    const page = await (await tab()).open(server, { user: 'alice' });
    for (const path of ['/api/a', '/api/c']) await page.get(path);
    await page.stored(2);
    server.users.get('alice').edit();
    await see(page, server);
    for (const path of ['/api/a', '/api/c']) {
      assert.equal((await page.get(path)).body.edition, server.users.get('alice').edition, path);
      assert.equal(server.count(path), 2, path);
    }
    await page.knows(server.users.get('alice').version);
    await page.reload();
    assert.equal((await page.get('/api/a')).body.edition, server.users.get('alice').edition);
  });
}

test('a response that is late over a bump is delivered, not stored and not served (R7)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/b');
  await page.stored();
  const hold = server.hold('/api/a');
  const late = await page.begin('/api/a');
  await hold.arrived();
  server.users.get('alice').edit();
  await page.get('/api/c');
  await page.knows(2);
  hold.end();
  assert.equal((await late.answer()).body.edition, 1, 'the caller gets what the server said');
  assert.equal((await page.get('/api/a')).body.edition, 2, 'nobody after does');
  assert.equal(server.count('/api/a'), 2);
  assert.equal((await page.stats()).late, 1);
  await page.stored(3);
  const bodies = (await page.rows('entries')).map(([, record]) => JSON.parse(record.body));
  assert.deepEqual(bodies.filter(({ path, edition }) => path === '/api/a' && edition === 1), []);
});

test('a response that departed before a bump but was made after it is stored (R5)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/b');
  await page.stored();
  server.users.get('alice').edit();
  const hold = server.hold('/api/a');
  const early = await page.begin('/api/a');
  await hold.arrived();
  await page.get('/api/c');
  hold.end();
  await early.answer();
  await page.stored(3);
  assert.equal((await page.get('/api/a')).body.edition, 2);
  assert.equal(server.count('/api/a'), 1);
});

test('a late response with a still newer version raises the version and is not stored (R6)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/c');
  await page.stored();
  const [holdB, holdA] = [server.hold('/api/b'), server.hold('/api/a')];
  server.users.get('alice').edit();
  const b = await page.begin('/api/b');
  await holdB.arrived();
  server.users.get('alice').edit();
  const a = await page.begin('/api/a');
  await holdA.arrived();
  holdB.end();
  await b.answer();
  await page.knows(2);
  holdA.end();
  await a.answer();
  await page.knows(3);
  assert.equal((await page.get('/api/b')).body.edition, 3);
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 2);
});

test('a server whose version went back: nothing older is served, and then it caches again (R4)', async (t) => {
  const { server, tab } = await stage(t);
  const alice = server.users.get('alice');
  alice.version = 50;
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  alice.version = 1;
  alice.edition = 2;
  await page.get('/api/b');
  assert.equal((await page.get('/api/a')).body.edition, 2);
  await page.knows(1);
  for (const path of ['/api/a', '/api/b']) await page.caches(path);
  const before = server.requests.length;
  for (const path of ['/api/a', '/api/b']) assert.equal((await page.get(path)).body.edition, 2);
  assert.equal(server.requests.length, before, 'hits again (I4)');
  assert.equal((await page.stats()).engine.regresses, 1);
});

for (const [what, headers] of [
  ['Age', { Age: '30' }],
  ['an older Date', { Date: new Date(Date.now() - 60_000).toUTCString() }],
]) {
  test(`an older version that an HTTP cache replayed, as told by ${what}, changes nothing and is reported once (R4a)`, async (t) => {
    const { server, tab } = await stage(t);
    server.users.get('alice').version = 50;
    const page = await (await tab()).open(server, { user: 'alice' });
    await page.get('/api/a');
    await page.stored();
    server.alter('/api/b', { headers: { 'X-Cache-Version': '49', ...headers } });
    await page.get('/api/b');
    await page.get('/api/b');
    assert.equal(server.count('/api/b'), 2, 'it was not stored');
    await page.get('/api/a');
    assert.equal(server.count('/api/a'), 1, 'what is stored is still served');
    await page.knows(50);
    assert.equal((await page.stats()).engine.replayed, 2);
    await page.assertOneWarning(/cache/i);
  });
}

test('X-Cache-Enabled: false ends serving and storing, also after a reload, until an explicit true (R9)', async (t) => {
  const { server, tab } = await stage(t);
  const alice = server.users.get('alice');
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  alice.enabled = false;
  await page.get('/api/b');
  alice.enabled = undefined;
  await page.get('/api/a');
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 3, 'a version alone does not lift it');
  await page.reload();
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 4, 'nor does a reload');
  alice.enabled = true;
  await page.get('/api/b');
  // An explicit true does.
  await page.caches('/api/a');
});

test('another scope suspends until the application names the user again (R11)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  const stop = server.alter('/api/b', { headers: { 'X-Cache-Scope': 'scope-of-eve' } });
  await page.get('/api/b');
  for (const path of ['/api/a', '/api/b', '/api/a']) await page.get(path);
  assert.deepEqual([server.count('/api/a'), server.count('/api/b')], [3, 2], 'nothing is served');
  stop();
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 4, 'the right scope alone lifts nothing');
  await page.reload();
  await page.get('/api/a');
  const [, reason] = await page.status();
  assert.equal(reason, null);
  await page.name('alice');
  await page.get('/api/c');
  await page.caches('/api/a');
  const texts = (await page.rows('entries')).map(([, record]) => record.headers);
  assert.deepEqual(texts.filter((headers) => headers.includes('scope-of-eve')), []);
});

test('delete() removes what matches, also what is under way, and counts (R13)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  for (const path of ['/api/items/1', '/api/items/2', '/api/other/1']) await page.get(path);
  await page.stored(3);
  const hold = server.hold('/api/items/3');
  const under = await page.begin('/api/items/3');
  await hold.arrived();
  assert.equal(await page.run(() => globalThis.cache.delete('/api/items/')), 2);
  hold.end();
  await under.answer();
  for (const path of ['/api/items/1', '/api/items/3', '/api/other/1']) await page.get(path);
  assert.deepEqual(['/api/items/1', '/api/items/3', '/api/other/1'].map((path) => server.count(path)), [2, 2, 1]);
  await page.stored(5);
  assert.equal(await page.run(() => globalThis.cache.delete(/other/)), 1);
  await page.get('/api/other/1');
  assert.equal(server.count('/api/other/1'), 2);
  await page.reload();
  await page.get('/api/items/2');
  assert.equal(server.count('/api/items/2'), 2, 'also from IndexedDB');
});

test('a successful write to a URL ends its entry even where the server raises no version', async (t) => {
  const { server, tab } = await stage(t);
  server.users.get('alice').versioned = false;
  const page = await (await tab()).open(server, { user: 'alice' });
  for (const path of ['/api/a', '/api/b']) await page.get(path);
  await page.stored(2);
  await page.get('/api/a', 'alice', { method: 'PUT' });
  assert.equal((await page.get('/api/a')).body.edition, 2);
  // Until then nothing of the user is served (S1a).
  await until('the write to be on record', async () => (await page.events('version')).some(({ reason }) => reason === 'invalidate'));
  await page.get('/api/b');
  assert.deepEqual([server.count('/api/a'), server.count('/api/b')], [2, 1]);
});

test('clear() ends what is stored and what is under way (R10)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  const hold = server.hold('/api/b');
  const under = await page.begin('/api/b');
  await hold.arrived();
  await page.run(() => globalThis.cache.clear());
  hold.end();
  await under.answer();
  for (const path of ['/api/a', '/api/b']) await page.get(path);
  assert.deepEqual([server.count('/api/a'), server.count('/api/b')], [2, 2]);
});

test('equal requests under way share one, but not over a change of version (S5)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/c');
  const hold = server.hold('/api/a');
  const [one, two] = [await page.begin('/api/a'), await page.begin('/api/a')];
  await hold.arrived();
  server.users.get('alice').edit();
  await page.get('/api/b');
  // Chromium itself keeps the request of the third back until the first has its answer.
  const three = await page.begin('/api/a');
  hold.end();
  const editions = [];
  for (const request of [one, two, three]) editions.push((await request.answer()).body.edition);
  assert.deepEqual(editions, [1, 1, 2]);
  assert.equal(server.count('/api/a'), 2);
});

test('no entry of an older generation is on record within 10 s of idle after a version change', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.run(() => Promise.all(Array.from({ length: 250 }, (_, i) => globalThis.get(`/api/items/${i}?size=1000`, 'alice'))));
  await page.stored(250);
  const generations = async (store) => new Set((await page.rows(store)).map(([key]) => key.slice(0, 10)));
  const old = await generations('entries');
  assert.equal(old.size, 1);
  server.users.get('alice').edit();
  await page.get('/api/a');
  await page.stored(251);
  const end = Date.now() + 10_000;
  for (;;) {
    const left = [...(await generations('entries')), ...(await generations('directory'))].filter((g) => old.has(g));
    if (!left.length) break;
    assert.ok(Date.now() < end, `${left.length} store(s) still hold the old generation after 10 s`);
    await new Promise((go) => setTimeout(go, 50));
  }
  assert.equal((await page.rows('entries')).length, 1, 'the new one stays');
  const [[, usage]] = (await page.rows('state')).filter(([key]) => key === 'usage');
  assert.equal(usage.entries, 1, 'and is all that is accounted for');
});

test('the version this tab knows is told to the server, and only where asked for (H3)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.get('/api/b');
  assert.deepEqual(server.requests.map(({ headers }) => headers['x-cache-version']), [undefined, '1']);
  const silent = await (await tab()).open(server, { user: 'alice', echoVersion: false });
  await silent.get('/api/c');
  await silent.get('/api/d');
  assert.equal(server.requests.at(-1).headers['x-cache-version'], undefined);
});
