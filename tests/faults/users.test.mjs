/** Whose data is it? (I2, S4, S6, R11) */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { oneBrowser } from '../support/stage.mjs';

const stage = oneBrowser();

test('two users at the same URL, with the same version, each see their own', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  for (let round = 0; round < 2; round++) {
    for (const user of ['alice', 'bob']) {
      await page.name(user);
      assert.equal((await page.get('/api/a')).body.user, user);
      await page.stored(Math.min(2, round * 2 + (user === 'alice' ? 1 : 2)));
    }
  }
  assert.equal(server.count('/api/a'), 2, 'each from the network once');
  for (const user of ['bob', 'alice']) {
    await page.name(user);
    await page.reload();
    assert.equal((await page.get('/api/a')).body.user, user);
    assert.equal(await page.source('/api/a'), 'indexeddb');
  }
  assert.equal(server.count('/api/a'), 2);
});

test("a response that lands after the user changed is delivered and never becomes the next user's", async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/b');
  const hold = server.hold('/api/a');
  const late = await page.begin('/api/a', 'alice');
  await hold.arrived();
  await page.name('bob');
  hold.end();
  assert.equal((await late.answer()).body.user, 'alice');
  assert.equal((await page.get('/api/a')).body.user, 'bob');
  assert.equal((await page.get('/api/a')).body.user, 'bob');
  await page.stored(2);
  // The directory second: what is stored meanwhile is in it.
  const entries = await page.rows('entries');
  const directory = new Map(await page.rows('directory'));
  for (const [key, record] of entries) {
    assert.ok(directory.has(key), 'an entry of which the directory does not know the owner');
    assert.equal(directory.get(key).partition.split(' ')[1], JSON.parse(record.body).user, key);
  }
});

test('with nobody named nothing is looked up and nothing is stored', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  const hold = server.hold('/api/d');
  const late = await page.begin('/api/d', 'alice');
  await hold.arrived();
  await page.name(null);
  hold.end();
  await late.answer();
  for (const path of ['/api/a', '/api/a', '/api/b']) await page.get(path, 'alice');
  assert.deepEqual([server.count('/api/a'), server.count('/api/b')], [3, 1]);
  await page.name('alice');
  await page.get('/api/c');
  await page.stored(2);
  const urls = (await page.rows('directory')).map(([, { url }]) => new URL(url).pathname);
  assert.ok(!urls.includes('/api/b'), `stored without a user: ${urls}`);
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 3, 'what alice had is still hers');
});

test('a function tells the user at every request', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server);
  await page.run(() => {
    globalThis.who = 'alice';
    globalThis.start({ user: () => globalThis.who, session: 'bearer' });
  });
  await page.settled();
  await page.get('/api/a', 'alice');
  await page.stored();
  await page.run(() => void (globalThis.who = 'bob'));
  assert.equal((await page.get('/api/a', 'bob')).body.user, 'bob');
  await page.run(() => void (globalThis.who = 'alice'));
  assert.equal((await page.get('/api/a', 'alice')).body.user, 'alice');
  assert.equal(server.count('/api/a'), 2);
  await page.run(() => void (globalThis.who = null));
  await page.get('/api/a', 'alice');
  assert.equal(server.count('/api/a'), 3);
});

test("the server's scope as the user's name: a response of another user is never stored (R11)", async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'scope-of-alice', userIs: 'scope' });
  server.alter('/api/a', { headers: { 'X-Cache-Scope': 'scope-of-bob' } });
  await page.get('/api/a', 'alice');
  await page.get('/api/a', 'alice');
  assert.equal(server.count('/api/a'), 2, 'already the first response is judged');
  assert.deepEqual(await page.rows('entries'), []);
});

test('the same where the record was made by a tab that knew the user only by name, as a clear of everybody does (R11)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'scope-of-alice', userIs: 'scope' });
  await page.get('/api/a', 'alice');
  await page.stored();
  assert.equal(await page.damage('state', 'p:', '(({ scope, ...unnamed }) => unnamed)(record)'), 1);
  await page.reload();
  server.alter('/api/b', { headers: { 'X-Cache-Scope': 'scope-of-bob' } });
  await page.get('/api/b', 'alice');
  await page.get('/api/b', 'alice');
  assert.equal(server.count('/api/b'), 2, 'what is of somebody else is not kept');
  assert.ok(!(await page.rows('entries')).some(([, { url }]) => url.endsWith('/api/b')));
});

test('with cookies, another user signing in in another tab ends serving here, and nothing of theirs is kept as ours (S6)', async (t) => {
  const { server, browser, tab } = await stage(t);
  const signIn = (name) => browser.context.addCookies([{ name: 'user', value: name, url: server.origin }]);
  await signIn('alice');
  const one = await (await tab()).open(server, { user: 'alice', session: 'cookie' });
  const ask = (page, path) => page.get(path, null);
  await ask(one, '/api/b');
  await ask(one, '/api/a');
  await one.caches('/api/a', null);
  await signIn('bob');
  const two = await (await tab()).open(server, { user: 'bob', session: 'cookie' });
  assert.equal((await ask(two, '/api/a')).body.user, 'bob');
  const answers = [];
  await until('the first tab to serve nothing of alice', async () => {
    answers.push((await ask(one, '/api/a')).body.user);
    return answers.at(-1) === 'bob';
  }, 3_000);
  const requests = server.count('/api/a');
  for (let i = 0; i < 3; i++) assert.equal((await ask(one, '/api/a')).body.user, 'bob', 'the cookie decides');
  assert.equal(server.count('/api/a'), requests + 3, 'and the cache stays out of it');
  const directory = new Map(await one.rows('directory'));
  for (const [key, record] of await one.rows('entries')) {
    assert.equal(directory.get(key).partition.split(' ')[1], JSON.parse(record.body).user, key);
  }
});
