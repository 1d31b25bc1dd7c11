/** What is kept is sealed (`encryptAtRest`): whoever lacks the key has the network's answer, and nothing else. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../../scripts/places.mjs';
import { until } from '../support/deadline.mjs';
import { changeRecords, countSealing, openSealed } from '../support/sealed.mjs';
import { oneBrowser } from '../support/stage.mjs';

const stage = oneBrowser();

/** As servers hand them out. */
const [ONE, OTHER] = JSON.parse(readFileSync(join(root, 'crates/hybrid-cache-contract/vectors.json'), 'utf8')).atRestSecretOf.map(({ out }) => out);

/** A tab whose client seals with `secret`. */
async function sealed(t, secret, options, before = []) {
  const { server, tab } = await stage(t);
  const page = await tab({ before: [[countSealing], ...before] });
  await openSealed(page, server, secret, { user: 'alice', ...options });
  return { server, page };
}

/** What the network or the cache said of the last request to a path. */
const said = async (page, path) => (await page.events('hit', 'stale', 'miss', 'bypass')).filter(({ url }) => new URL(url).pathname === path).at(-1);

test('bodies, status text and header lines come back as they were, from memory without opening, and after a reload', async (t) => {
  const { server, page } = await sealed(t, ONE);
  server.alter('/api/bytes', { headers: { 'Content-Type': 'application/octet-stream', 'X-Note': 'seen once' }, body: Buffer.from([0, 255, 1, 0xd8]) });
  server.alter('/api/text', { headers: { 'Content-Type': 'application/json' }, body: '"日本 \u{1f4b6}"' });
  const ask = () =>
    page.run(async () => {
      const all = [];
      for (const path of ['/api/a', '/api/bytes', '/api/text']) {
        const response = await globalThis.cache.fetch(path, { headers: { Authorization: 'Bearer alice' } });
        const { 'cache-status': _, ...headers } = Object.fromEntries(response.headers);
        all.push({ headers, status: response.status, text: response.statusText, body: [...new Uint8Array(await response.arrayBuffer())] });
      }
      return all;
    });
  const first = await ask();
  assert.equal(first[1].headers['x-note'], 'seen once');
  await page.stored(3);
  assert.deepEqual(await ask(), first);
  assert.equal((await page.stats()).memoryHits, 3);
  assert.equal(await page.run(() => globalThis.openings), 0, 'what was sealed here is known here');

  await openSealed(page, server, ONE);
  assert.deepEqual(await ask(), first);
  for (const path of ['/api/a', '/api/bytes', '/api/text']) assert.equal(await page.source(path), 'indexeddb');
  assert.equal(await page.run(() => globalThis.openings), 3);
  assert.deepEqual(await ask(), first);
  assert.equal(await page.run(() => globalThis.openings), 3, 'nothing is opened twice');
  assert.equal(server.count('/api/a'), 1);
  for (const [key, record] of await page.rows('entries')) {
    assert.deepEqual([record.headers, record.statusText, typeof record.body], ['', '', 'object'], key);
  }
  page.assertQuiet();
});

test('after signing out, another secret opens nothing, in this page or the next; the same one does', async (t) => {
  const { server, page } = await sealed(t, ONE);
  await page.get('/api/a');
  await page.stored();
  await page.name(null);
  await page.run((secret) => void (globalThis.secret = secret), OTHER);
  await page.name('alice');
  assert.equal((await page.get('/api/a')).body.serial, 2, 'from the network');
  assert.equal((await said(page, '/api/a')).reason, 'sealed');
  await page.stored(2);
  await page.caches('/api/a');

  await openSealed(page, server, ONE);
  const answer = await page.get('/api/a');
  assert.match(answer.headers['cache-status'], /fwd=miss; stored; detail=sealed/);
  assert.equal(server.count('/api/a'), 3);
  await page.stored();
  await openSealed(page, server, ONE);
  assert.equal((await page.get('/api/a')).body.serial, 3);
  assert.equal(await page.source('/api/a'), 'indexeddb');
  page.assertQuiet();
});

test('a secret that changes or goes while the user stays closes what the old one opened', async (t) => {
  const { server, page } = await sealed(t, ONE);
  await page.get('/api/a');
  await page.stored();
  await page.run(() => void (globalThis.secret = null));
  await page.get('/api/a');
  assert.equal((await said(page, '/api/a')).reason, 'locked');
  await page.run((secret) => void (globalThis.secret = secret), OTHER);
  await page.get('/api/a');
  assert.equal((await said(page, '/api/a')).reason, 'sealed');
  assert.equal(server.count('/api/a'), 3);
  await page.assertOneWarning(/No secret is given/);
});

test('without a secret nothing is stored and nothing served, which is said once; versions are heard all the same', async (t) => {
  const { server, page } = await sealed(t, null);
  for (const path of ['/api/a', '/api/a', '/api/b']) {
    assert.match((await page.get(path)).headers['cache-status'], /fwd=bypass; detail=locked/);
  }
  await page.run(() => globalThis.cache.fetch('/api/c', { cache: 'reload', headers: { Authorization: 'Bearer alice' } }));
  await page.knows(server.users.get('alice').version);
  assert.deepEqual(await page.rows('entries'), []);
  assert.equal((await page.stats()).bypassed, 4);
  const { ok, checks } = await page.run(() => globalThis.cache.diagnose());
  assert.equal(ok, false);
  assert.match(checks.find(({ name }) => name === 'encryption').detail, /No secret is given/);
  await page.assertOneWarning(/nothing is stored.*No secret is given/);
  await page.run((secret) => void (globalThis.secret = secret), ONE);
  await page.caches('/api/a');
});

test('a secret that is too short, or a function that throws, is none', async (t) => {
  const { server, page } = await sealed(t, 'hunter2');
  await page.get('/api/a');
  await page.assertWarnings(1, /no string of at least 16 characters/);
  await page.run(() => Object.defineProperty(globalThis, 'secret', { get: () => { throw new Error('not signed in'); } }));
  await page.get('/api/a');
  await page.assertWarnings(2, /The secret is not known: Error: not signed in/);
  assert.deepEqual(await page.rows('entries'), []);
  assert.equal(server.count('/api/a'), 2);
});

test('a page without WebCrypto stores nothing and says so', async (t) => {
  const { server, page } = await sealed(t, ONE, {}, [[() => Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })]]);
  for (let round = 0; round < 2; round++) assert.equal((await page.get('/api/a')).status, 200);
  assert.equal(server.count('/api/a'), 2);
  assert.deepEqual(await page.rows('entries'), []);
  await page.assertOneWarning(/no WebCrypto/);
});

for (const [what, change] of [
  [
    'with one changed bit',
    ([one, other]) => {
      new Uint8Array(one[1].body)[40] ^= 1;
      return [one, other];
    },
  ],
  ['that was cut short', ([one, other]) => [[one[0], { ...one[1], body: one[1].body.slice(0, 8) }], other]],
  ['of another request', ([one, other]) => [[one[0], { ...other[1], url: one[1].url }], other]],
  ['with another URL on it', ([one, other]) => [[one[0], { ...one[1], url: other[1].url }], other]],
  ['that is not sealed at all', ([one, other]) => [[one[0], { ...one[1], body: '{"user":"mallory"}' }], other]],
]) {
  test(`a record ${what} is a miss`, async (t) => {
    const { server, page } = await sealed(t, ONE);
    await page.get('/api/a');
    await page.get('/api/b');
    await page.stored(2);
    await changeRecords(page, change);
    await openSealed(page, server, ONE);
    assert.deepEqual((({ user, path, serial }) => ({ user, path, serial }))((await page.get('/api/a')).body), { user: 'alice', path: '/api/a', serial: 3 });
    assert.deepEqual([(await said(page, '/api/a')).type, (await said(page, '/api/a')).reason], ['miss', 'sealed']);
    assert.equal((await page.get('/api/b')).body.serial, 2);
    assert.equal(await page.source('/api/b'), 'indexeddb');
    await page.caches('/api/a');
    assert.equal(server.count('/api/a'), 2);
    page.assertQuiet();
  });
}

test('what was stored with the option off is not served with it on, nor the other way round; explain says which', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  const explain = () => page.run(() => globalThis.cache.explain('/api/a'));
  assert.equal((await explain()).verdict, 'fresh');
  await openSealed(page, server, ONE);
  const before = await explain();
  assert.deepEqual([before.served, before.verdict], [false, 'absent']);
  assert.match(before.steps.at(-1), /encryptAtRest off/);
  assert.equal((await page.get('/api/a')).body.serial, 2);
  await page.stored();
  assert.deepEqual([(await explain()).served, (await explain()).verdict], [true, 'fresh']);
  assert.match((await explain()).steps.at(-1), /sealed/);
  await page.run(() => void (globalThis.secret = null));
  assert.deepEqual([(await explain()).served, (await explain()).verdict], [false, 'locked']);

  await page.open(server, { user: 'alice' });
  assert.equal((await page.get('/api/a')).body.serial, 1, 'what it had itself is still there');
  await page.run(() => globalThis.cache.delete('/api/a'));
  assert.deepEqual(await page.run(() => globalThis.cache.entries()), []);
});

test('a snapshot stays sealed: it serves who has the secret, and nothing in plain text gets in', async (t) => {
  const { server, page } = await sealed(t, ONE);
  await page.get('/api/a');
  await page.stored();
  assert.deepEqual((await page.run(() => globalThis.cache.entries())).map(({ variant, url }) => [variant, new URL(url).pathname]), [['fetch', '/api/a']]);
  const snapshot = await page.run(() => globalThis.cache.exportEntries());
  assert.doesNotMatch(JSON.stringify(snapshot), /alice","path/);
  assert.doesNotMatch(Buffer.from(snapshot.entries[0].record.body, 'base64').toString('latin1'), /"path"/);
  const again = (given) => page.run((snapshot) => globalThis.cache.importEntries(snapshot), given);
  const refused = await again({ ...snapshot, entries: snapshot.entries.map((entry) => ({ ...entry, key: entry.key.split('\n')[0] })) });
  assert.deepEqual([refused.imported, refused.refused.length], [0, 1]);
  assert.match(refused.refused[0].reason, /encryptAtRest off, and here it is on/);
  await changeRecords(page, () => []);
  await openSealed(page, server, ONE);
  assert.equal((await page.get('/api/a')).body.serial, 2);
  await page.stored();
  await changeRecords(page, () => []);
  await openSealed(page, server, ONE);
  assert.equal((await again(snapshot)).imported, 1);
  assert.equal((await page.get('/api/a')).body.serial, 1, 'what was imported');
  assert.equal(server.count('/api/a'), 2);
});

/** A page in which a hit on `/api/a`, `slow`, is held while its record is being opened; `go()` in the page lets it go on. */
async function opening(t) {
  const { server, page } = await sealed(t, ONE);
  await page.get('/api/a');
  await page.stored();
  await openSealed(page, server, ONE);
  await page.run(() => void (globalThis.pause = 'decrypt'));
  const slow = await page.begin('/api/a');
  await until('the record to be opened', () => page.run(() => globalThis.paused === 1));
  return { server, page, slow };
}

test('what turns old while it is being opened is not served (S1a)', async (t) => {
  const { server, page, slow } = await opening(t);
  server.users.get('alice').edit();
  await page.get('/api/b');
  await page.run(() => globalThis.go());
  assert.equal((await slow.answer()).body.serial, 3, 'from the network');
  assert.equal(server.count('/api/a'), 2);
  assert.match((await said(page, '/api/a')).reason, /fenced|absent|generation/);
});

test('what is opened when the user signs out is served to nobody', async (t) => {
  const { server, page, slow } = await opening(t);
  await page.name('bob');
  await page.run(() => globalThis.go());
  await slow.answer();
  assert.equal(server.count('/api/a'), 2);
  assert.equal((await said(page, '/api/a')).reason, 'user');
});

test('opening takes no longer than a lookup may', async (t) => {
  const { server, page } = await sealed(t, ONE, { lookupTimeout: 200 });
  await page.get('/api/a');
  await page.stored();
  await openSealed(page, server, ONE);
  await page.run(() => void (globalThis.pause = 'decrypt'));
  await until('a lookup that opens', async () => {
    assert.ok((await page.get('/api/a')).body.serial > 1, 'the network answers, since nothing opens');
    return page.run(() => globalThis.paused > 0);
  });
  assert.equal((await said(page, '/api/a')).reason, 'timeout');
  assert.equal(await page.source('/api/a'), 'network');
  assert.ok(server.count('/api/a') >= 2);
});

test('a body that was being sealed when the version rose, or the user left, is stored by the rules or not at all', async (t) => {
  const { server, page } = await sealed(t, ONE);
  await page.get('/api/b');
  await page.stored();
  await page.run(() => void (globalThis.pause = 'encrypt'));
  await page.get('/api/a');
  await until('the body to be sealed', () => page.run(() => globalThis.paused === 1));
  server.users.get('alice').edit();
  await page.get('/api/c');
  await page.knows(server.users.get('alice').version);
  await page.run(() => globalThis.go());
  await until('it to be late', async () => (await page.events('late')).some(({ url }) => url.endsWith('/api/a')));
  assert.equal((await page.get('/api/a')).body.serial, 4);

  await page.run(() => Object.assign(globalThis, { pause: 'encrypt', paused: 0 }));
  await page.get('/api/d');
  await until('the body to be sealed', () => page.run(() => globalThis.paused === 1));
  await page.name('bob');
  await page.run((secret) => void (globalThis.secret = secret), OTHER);
  await page.run(() => globalThis.go());
  assert.equal((await page.get('/api/d')).body.user, 'bob');
  await page.caches('/api/d');
  assert.equal((await page.get('/api/d')).body.user, 'bob');
});

test("a response that lands after the user changed is not sealed with the next user's key", async (t) => {
  const { server, page } = await sealed(t, ONE);
  await page.get('/api/b');
  await page.stored();
  const hold = server.hold('/api/a');
  const late = await page.begin('/api/a', 'alice');
  await hold.arrived();
  await page.run((secret) => void (globalThis.secret = secret), OTHER);
  await page.name('bob');
  hold.end();
  assert.equal((await late.answer()).body.user, 'alice');
  await page.get('/api/c');
  await page.stored(2);
  const kept = (await page.rows('directory')).map(([, { partition, url }]) => [partition.split(' ')[1], new URL(url).pathname]);
  assert.deepEqual(kept.sort(), [['alice', '/api/b'], ['bob', '/api/c']]);
});
