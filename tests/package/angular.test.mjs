/** The packed package in a fresh Angular 19 application: built by its own tools, driven in Chromium. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from '../support/command.mjs';
import { angularApplication, stored } from './application.mjs';

const { folder, said, application } = angularApplication('production');

test('it builds without a warning and without a setting for WebAssembly', () => {
  assert.match(said('production'), /bundle generation complete/i);
  // In capitals: a chunk of the package is called warnings.
  assert.doesNotMatch(said('production'), /WARNING/);
});

test("the package's types hold what the documentation says, without skipLibCheck", async () => {
  await run('npx', ['tsc', '--project', 'tsconfig.types.json'], { cwd: folder() });
  await run('npx', ['tsc', '--project', 'tsconfig.types.json', '--module', 'nodenext', '--moduleResolution', 'nodenext'], { cwd: folder() });
});

const WIRINGS = {
  'the functional interceptor': 'interceptor=function',
  'the class': 'interceptor=class',
  'both at once': 'interceptor=both',
  'the functional interceptor on the fetch back end': 'interceptor=function&backend=fetch',
  'frozen bodies': 'interceptor=function&bodies=frozen',
  'the wasm file as an asset': 'interceptor=function&wasm=file',
};

for (const [what, query] of Object.entries(WIRINGS)) {
  test(`${what}: the network, the cache, after a reload IndexedDB, and nothing older`, async (t) => {
    const { server, tab, open, drive, ready } = await application(t, query);
    assert.equal(ready, true, JSON.stringify(tab.console));
    const first = await drive('get', '/api/a');
    await stored(tab);
    assert.deepEqual(await drive('get', '/api/a'), first);
    assert.equal(server.count('/api/a'), 1, 'the second from the cache');
    await open();
    assert.deepEqual(await drive('get', '/api/a'), first);
    assert.equal(server.count('/api/a'), 1, 'after a reload from IndexedDB');
    const { hits, misses } = await tab.run(() => globalThis.driver.cache.stats());
    assert.deepEqual([hits, misses], [1, 0], 'counted once');
    server.users.get('alice').edit();
    await drive('get', '/api/b');
    assert.equal((await drive('get', '/api/a')).edition, 2);
    await drive('get', '/api/b', { method: 'POST' });
    assert.equal((await drive('get', '/api/a')).edition, 3, 'a write ends it, too');
    assert.deepEqual(tab.complaints(), []);
    tab.assertNoErrors();
  });
}

test('without the interceptor nothing is cached', async (t) => {
  const { server, drive } = await application(t, 'interceptor=none');
  await drive('get', '/api/a');
  await drive('get', '/api/a');
  assert.equal(server.count('/api/a'), 2);
});

test('two users at the same URL', async (t) => {
  const { server, tab, drive } = await application(t);
  for (const [i, user] of ['alice', 'bob', 'alice', 'bob'].entries()) {
    await drive('signIn', user);
    assert.equal((await drive('get', '/api/a')).user, user);
    await stored(tab, Math.min(2, i + 1));
  }
  assert.equal(server.count('/api/a'), 2);
  await drive('signIn', null);
  assert.equal((await drive('failure', '/api/a')).status, 401, 'signed out, the server is asked');
});

test('skipCache() neither looks up nor stores; refreshCache() fetches and stores; withCache() sets the time', async (t) => {
  const { server, tab, drive } = await application(t);
  await drive('get', '/api/a', { mode: 'skip' });
  await drive('get', '/api/a');
  assert.equal(server.count('/api/a'), 2, 'what was skipped is not stored');
  await stored(tab);
  server.users.get('alice').edition = 2;
  assert.equal((await drive('get', '/api/a', { mode: 'skip' })).edition, 2, 'nor looked up');
  assert.equal((await drive('get', '/api/a')).edition, 1);
  assert.equal((await drive('get', '/api/a', { mode: 'refresh' })).edition, 2);
  await stored(tab, 2);
  assert.equal((await drive('get', '/api/a')).edition, 2, 'a refresh replaces what is stored');
  assert.equal(server.count('/api/a'), 4);
  server.users.get('alice').policy = undefined;
  await drive('get', '/api/times', {});
  await drive('get', '/api/times', {});
  assert.equal(server.count('/api/times'), 2, 'Cache-Control: no-store, and no rule names it');
  await drive('get', '/api/times', { ttl: 60_000 });
  await stored(tab, 3);
  await drive('get', '/api/times', {});
  assert.equal(server.count('/api/times'), 3, 'a request may name its own time');
  tab.assertNoErrors();
});

test('what one component does to its object no other sees, now or after a reload', async (t) => {
  const { server, tab, open, drive } = await application(t);
  const [second, third] = await drive('mutate', '/api/a');
  assert.equal(second.edition, 1);
  assert.equal(third.edition, 1);
  assert.equal(third.more, undefined);
  await open();
  const later = await drive('get', '/api/a');
  assert.equal(later.edition, 1);
  assert.equal(later.more, undefined);
  assert.equal(server.count('/api/a'), 1);
});

test('frozen bodies cannot be changed at all', async (t) => {
  const { tab, drive } = await application(t, 'bodies=frozen');
  await drive('get', '/api/a');
  await stored(tab);
  await assert.rejects(drive('mutate', '/api/a'), /read only|not extensible|Cannot/);
});

test('json, text, bytes and blobs of one URL come back as what they were', async (t) => {
  const { server, tab, open, drive } = await application(t);
  const kinds = ['json', 'text', 'arraybuffer', 'blob'];
  const first = [];
  for (const as of kinds) first.push(await drive('get', '/api/a', { as }));
  await stored(tab, 4);
  for (const reload of [false, true]) {
    if (reload) await open();
    for (const [i, as] of kinds.entries()) assert.deepEqual(await drive('get', '/api/a', { as }), first[i], as);
    assert.equal(server.count('/api/a'), 4);
  }
  const types = await tab.run(async (all) => {
    const seen = [];
    for (const as of all) seen.push(Object.prototype.toString.call((await globalThis.driver.response('/api/a', { as })).body));
    return seen;
  }, kinds);
  assert.deepEqual(types, ['[object Object]', '[object String]', '[object ArrayBuffer]', '[object Blob]']);
});

test('a response from the cache looks like the one from the network', async (t) => {
  const { server, tab, drive } = await application(t);
  const look = () =>
    tab.run(async () => {
      const { status, statusText, url, headers } = await globalThis.driver.response('/api/a?x=1');
      return { status, statusText, url, version: headers.get('X-Cache-Version'), type: headers.get('Content-Type') };
    });
  const first = await look();
  await stored(tab);
  assert.deepEqual(await look(), first);
  assert.equal(server.count('/api/a'), 1);
  assert.deepEqual(await drive('eventTypes', '/api/a?x=1'), ['Sent', 'Response']);
});

test('errors arrive as Angular makes them, and are not stored', async (t) => {
  const { server, drive } = await application(t);
  server.alter('/api/a', { status: 500, body: '{"error":"broken"}' });
  for (let i = 0; i < 2; i++) {
    const failure = await drive('failure', '/api/a');
    assert.equal(failure.name, 'HttpErrorResponse');
    assert.equal(failure.status, 500);
    assert.deepEqual(failure.body, { error: 'broken' });
  }
  assert.equal(server.count('/api/a'), 2);
});

test('a request given up at once never reaches the server', async (t) => {
  const { server, drive } = await application(t);
  await drive('get', '/api/b');
  await drive('giveUp', '/api/a');
  await drive('get', '/api/c');
  assert.equal(server.count('/api/a'), 0);
});

test('components asking for the same at once share one request and get objects of their own', async (t) => {
  const { server, tab, drive } = await application(t);
  await drive('get', '/api/b');
  await stored(tab);
  const alike = await tab.run(async () => {
    const bodies = await Promise.all(Array.from({ length: 5 }, () => globalThis.driver.get('/api/a')));
    return [bodies.every(({ edition }) => edition === 1), new Set(bodies).size];
  });
  assert.deepEqual(alike, [true, 5]);
  assert.equal(server.count('/api/a'), 1);
});

test("the service's signals are what a template shows", async (t) => {
  const { server, tab } = await application(t);
  const shown = async () => ({
    answer: await tab.page.textContent('#answer'),
    version: await tab.page.textContent('#version'),
    status: await tab.page.textContent('#status'),
  });
  await tab.page.click('#ask');
  await tab.page.waitForSelector('#answer');
  await tab.page.waitForFunction(() => document.querySelector('#version').textContent === '1');
  assert.deepEqual(await shown(), { answer: 'alice 1', version: '1', status: 'ready' });
  await stored(tab);
  await tab.page.click('#ask');
  await tab.page.waitForFunction(() => document.querySelector('#hits').textContent === '1');
  await tab.page.waitForFunction(() => document.querySelector('#ratio').textContent === '0.5');
  server.users.get('alice').edit();
  await tab.run(() => globalThis.driver.get('/api/other'));
  await tab.page.waitForFunction(() => document.querySelector('#version').textContent === '2');
  await tab.page.click('#ask');
  await tab.page.waitForFunction(() => document.querySelector('#answer').textContent === 'alice 2');
  assert.equal(server.count('/api/shown'), 2);
});
