/** Options that make no sense are an error at creation, and the error names the option. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

import { builtPackage } from '../support/paths.mjs';

const { createHybridCache } = await import(pathToFileURL(join(builtPackage(), 'dist/index.js')).href);

const WRONG = {
  user: [7, '', {}, true, []],
  userIs: ['id', null, 1],
  ttl: ['300', -1, NaN, Infinity, null, {}],
  maxBytes: ['50', 0, -1, 1.5, NaN, Infinity, null],
  maxEntries: ['50', 0, -1, 1.5, NaN, Infinity, null],
  lookupTimeout: ['150', -1, NaN, Infinity, null, 2 ** 31],
  wasmUrl: ['', 7, {}, null],
  session: ['jwt', null, 1, ''],
  versionless: ['store', true, null],
  bodies: ['shared', null, true],
  echoVersion: ['yes', 1, null],
  expose: ['yes', 1, null],
  include: ['/api/', [7], [''], [null], ['api'], {}],
  rules: [
    {},
    '/api/',
    [null],
    [7],
    [{}],
    [{ match: 7 }],
    [{ match: '' }],
    [{ match: '/a', ttl: -1 }],
    [{ match: '/a', ttl: '5' }],
    [{ match: '/a', cache: 'no' }],
    [{ match: '/a', staleWhileRevalidate: NaN }],
  ],
  keyHeaders: ['Accept', [7], ['']],
};

for (const [name, values] of Object.entries(WRONG)) {
  for (const value of values) {
    test(`${name}: ${inspect(value)}`, () => {
      assert.throws(
        () => createHybridCache({ [name]: value }),
        (error) => {
          assert.ok(error instanceof TypeError || error instanceof RangeError, inspect(error));
          // The option, the value (or its kind) and what would do.
          assert.match(error.message, new RegExp(`option "${name}.*" is .+; accepted is .+`));
          return true;
        },
      );
    });
  }
}

test('what is inside a rule is named with its place', () => {
  assert.throws(() => createHybridCache({ rules: [{ match: '/a' }, { match: '/b', ttl: -5 }] }), /rules\[1\]\.ttl.*-5/s);
});

test('options that make sense, and none, are accepted', () => {
  for (const options of [
    undefined,
    {},
    { user: null },
    { user: 'alice', ttl: 0, lookupTimeout: 0, maxBytes: 1, maxEntries: 1 },
    { user: () => 'alice', include: ['/api/', 'https://api.example', /x/], rules: [{ match: /x/, ttl: 1, cache: true }] },
    { wasmUrl: new URL('https://example.org/x.wasm'), session: 'bearer', versionless: 'ttl', bodies: 'frozen' },
    { ttl: undefined, user: undefined },
  ]) {
    createHybridCache(options).close();
  }
});

test('setUser() and delete() refuse what makes no sense, too', async () => {
  const client = createHybridCache();
  for (const user of [7, '', {}, undefined]) assert.throws(() => client.setUser(user), /user/);
  await assert.rejects(client.delete(7), /match/);
  await assert.rejects(client.delete(''), /match/);
  client.close();
});

test('where there is no browser everything passes through, and says so', async () => {
  const client = createHybridCache({ user: 'alice' });
  assert.deepEqual([client.status, client.reason], ['unavailable', 'no-indexeddb']);
  const response = await client.fetch('data:application/json,{"passed":true}');
  assert.deepEqual(await response.json(), { passed: true });
  assert.equal(await client.whenReady(), false);
  assert.equal(client.version(), null);
  await client.clear();
  client.close();
});
