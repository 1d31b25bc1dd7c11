/** Contract headers that say nothing or nonsense, and those that say how long. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { oneBrowser } from '../support/stage.mjs';

const stage = oneBrowser();

const NO_VERSION = {
  abc: 'abc',
  'a negative number': '-1',
  'a sign': '+1',
  zero: '0',
  'two in one': '1, 2',
  'two fields': ['1', '2'],
  'two equal fields': ['1', '1'],
  'leading zeros': '007',
  'a fraction': '1.0',
  'an exponent': '1e3',
  hexadecimal: '0x10',
  'digits of another script': Buffer.from('١٢').toString('latin1'),
  '2^53': '9007199254740992',
  'far too much': '99999999999999999999',
  quoted: '"5"',
  'a parameter': '5;x=1',
  empty: '',
  absent: null,
};

for (const [what, value] of Object.entries(NO_VERSION)) {
  test(`X-Cache-Version ${what}: no version, never stored, counted`, async (t) => {
    const { server, tab } = await stage(t);
    const page = await (await tab()).open(server, { user: 'alice' });
    server.alter(/^\/api\/bad/, { headers: { 'X-Cache-Version': value } });
    const counted = async () => {
      const { engine } = await page.stats();
      return [engine.versionless, engine.invalidVersions];
    };
    const before = await counted();
    // As the very first response of this user, and again.
    for (let i = 0; i < 2; i++) assert.equal((await page.get('/api/bad')).status, 200);
    assert.equal(server.count('/api/bad'), 2, 'not served');
    assert.equal(await page.version(), null);
    // And while a version is known.
    await page.get('/api/good');
    await page.stored();
    await page.get('/api/bad/2');
    await page.get('/api/bad/2');
    assert.equal(server.count('/api/bad/2'), 2, 'not served');
    await page.knows(1);
    await page.get('/api/good');
    assert.equal(server.count('/api/good'), 1, 'what is stored is served as before');
    // What is written later is written after: had the bad ones been stored, they were there now.
    await page.get('/api/better');
    await page.stored(2);
    assert.deepEqual((await page.rows('directory')).map(([, { url }]) => new URL(url).pathname).sort(), ['/api/better', '/api/good']);
    const [versionless, invalid] = await counted();
    const kinds = value === null ? [4, 0] : [0, 4];
    assert.deepEqual([versionless - before[0], invalid - before[1]], kinds, 'counted, four times');
  });
}

for (const value of ['1', '9007199254740991']) {
  test(`X-Cache-Version ${value} is a version`, async (t) => {
    const { server, tab } = await stage(t);
    server.users.get('alice').version = Number(value);
    const page = await (await tab()).open(server, { user: 'alice' });
    await page.get('/api/a');
    await page.stored();
    await page.get('/api/a');
    assert.equal(server.count('/api/a'), 1);
    await page.knows(Number(value));
  });
}

test("versionless: 'ttl' stores responses without a version while none is known (R8)", async (t) => {
  const { server, tab } = await stage(t);
  const alice = server.users.get('alice');
  alice.version = undefined;
  alice.policy = undefined;
  const page = await (await tab()).open(server, { user: 'alice', versionless: 'ttl' });
  const stop = server.alter(/./, { headers: { 'Cache-Control': 'max-age=60' } });
  await page.get('/api/a');
  await page.stored();
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 1);
  stop();
  await page.get('/api/no-store');
  await page.get('/api/no-store');
  assert.equal(server.count('/api/no-store'), 2, "HTTP's own word counts");
  alice.version = 4;
  alice.policy = 'max-age=60';
  await page.get('/api/b');
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 2, 'a version ends what was stored without');
});

/** Lets the page's clock be moved: `shift(ms)`. */
function movableClock() {
  const real = Date.now;
  let offset = 0;
  Date.now = () => real() + offset;
  globalThis.shift = (ms) => {
    offset += ms;
  };
}

const FRESHNESS = {
  'Hybrid-Cache-Control: max-age': { policy: 'max-age=100', fresh: 100_000 },
  'Hybrid-Cache-Control: max-age above a rule': { policy: 'max-age=100', options: { rules: [{ match: '/api/', ttl: 5_000 }] }, fresh: 100_000 },
  'a rule, though Cache-Control says no-store': { options: { rules: [{ match: '/api/', ttl: 5_000 }] }, fresh: 5_000 },
  'a rule without a ttl: the ttl option': { options: { ttl: 7_000, rules: [{ match: '/api/' }] }, fresh: 7_000 },
  'the ttl option, without no-store': { options: { ttl: 9_000 }, headers: { 'Cache-Control': 'private' }, fresh: 9_000 },
  'five minutes, without anything': { headers: { 'Cache-Control': null }, fresh: 300_000 },
  'Cache-Control: no-store and nothing else': { fresh: 0 },
  'Hybrid-Cache-Control: no-store': { policy: 'no-store', options: { rules: [{ match: '/api/', ttl: 5_000 }] }, fresh: 0 },
  'a rule with cache: false': { policy: 'max-age=100', options: { rules: [{ match: '/api/', cache: false }] }, fresh: 0 },
};

for (const [what, { policy, options, headers, fresh }] of Object.entries(FRESHNESS)) {
  test(`how long: ${what}`, async (t) => {
    const { server, tab } = await stage(t);
    server.users.get('alice').policy = policy;
    if (headers) server.alter(/./, { headers });
    const page = await (await tab({ before: [[movableClock]] })).open(server, { user: 'alice', ...options });
    await page.get('/api/a');
    if (!fresh) {
      await page.get('/api/a');
      assert.equal(server.count('/api/a'), 2);
      return;
    }
    await page.stored();
    await page.run((ms) => globalThis.shift(ms), fresh - 2_000);
    await page.get('/api/a');
    assert.equal(server.count('/api/a'), 1, 'fresh until then');
    await page.run((ms) => globalThis.shift(ms), 3_000);
    await page.get('/api/a');
    assert.equal(server.count('/api/a'), 2, 'and not longer');
  });
}

test('stale-while-revalidate serves once more and fetches behind it, but never over a change of version (S2)', async (t) => {
  const { server, tab } = await stage(t);
  const alice = server.users.get('alice');
  alice.policy = 'max-age=10, stale-while-revalidate=60';
  const page = await (await tab({ before: [[movableClock]] })).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  await page.run(() => globalThis.shift(20_000));
  alice.edition = 2;
  assert.equal((await page.get('/api/a')).body.edition, 1, 'served stale');
  assert.equal((await page.events('stale')).length, 1);
  await page.stored(2);
  assert.equal(server.count('/api/a'), 2, 'fetched behind it');
  assert.equal((await page.get('/api/a')).body.edition, 2);
  assert.equal(server.count('/api/a'), 2);
  await page.run(() => globalThis.shift(20_000));
  alice.edit();
  await page.get('/api/b');
  assert.equal((await page.get('/api/a')).body.edition, 3, 'not served stale');
});

test('an entry from the future of the clock counts as expired (S3)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab({ before: [[movableClock]] })).open(server, { user: 'alice' });
  await page.run(() => globalThis.shift(86_400_000));
  await page.get('/api/a');
  await page.stored();
  await page.run(() => globalThis.shift(-86_400_000));
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 2);
});

for (const [what, status, headers] of [
  ['an error', 500],
  ['not found', 404],
  ['no content', 204, { 'Content-Type': null }],
  ['partial content', 206],
]) {
  test(`${what} (${status}) is delivered and not stored`, async (t) => {
    const { server, tab } = await stage(t);
    const page = await (await tab()).open(server, { user: 'alice' });
    server.alter('/api/a', { status, headers, body: status === 204 ? '' : undefined });
    for (let i = 0; i < 2; i++) assert.equal((await page.get('/api/a')).status, status);
    assert.equal(server.count('/api/a'), 2);
  });
}
