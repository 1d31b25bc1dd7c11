import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createHybridCache } from '../../dist/index.js';
import { readMatch, readOptions } from '../../dist/options.js';
import { listen, settle } from './support.mjs';

const WRONG_TYPE = [
  ['user', 7], ['user', true], ['user', {}],
  ['userIs', 1], ['ttl', '300'], ['ttl', null], ['ttl', 5n],
  ['rules', {}], ['rules', null], ['include', '/api/'], ['include', [7]], ['include', [null]],
  ['maxBytes', '1'], ['maxEntries', null], ['wasmUrl', 7], ['wasmUrl', null], ['wasmUrl', {}],
  ['lookupTimeout', '150'], ['session', null], ['echoVersion', 'yes'], ['echoVersion', 1],
  ['versionless', true], ['bodies', 3], ['keyHeaders', 'Accept'], ['keyHeaders', [1]], ['expose', 'no'],
];

const IMPOSSIBLE = [
  ['user', ''], ['userIs', 'email'],
  ['ttl', NaN], ['ttl', -1], ['ttl', Infinity],
  ['include', ['api/']], ['include', ['ftp://a.example/']], ['include', ['']],
  ['maxBytes', 0], ['maxBytes', 1.5], ['maxBytes', NaN], ['maxBytes', Infinity], ['maxBytes', -4],
  ['maxEntries', 0], ['maxEntries', 0.5], ['maxEntries', 2 ** 53],
  ['wasmUrl', ''], ['lookupTimeout', -1], ['lookupTimeout', NaN], ['lookupTimeout', 2 ** 31],
  ['session', 'token'], ['versionless', 'store'], ['bodies', 'shared'], ['keyHeaders', ['Accept Language']], ['keyHeaders', ['']],
];

for (const [kind, cases] of [[TypeError, WRONG_TYPE], [RangeError, IMPOSSIBLE]]) {
  for (const [name, value] of cases) {
    test(`${name}: ${typeof value} ${typeof value === 'bigint' ? value : JSON.stringify(value)} is a ${kind.name} that names it`, () => {
      assert.throws(() => createHybridCache({ [name]: value }), (error) => {
        assert.equal(error.constructor, kind);
        assert.match(error.message, new RegExp(`^hybrid-cache: option "${name}(\\[0\\])?" is .+; accepted is .+`));
        return true;
      });
    });
  }
}

test('rules are checked one by one', () => {
  const refused = (rule, name, kind) =>
    assert.throws(() => readOptions({ rules: [{ match: '/' }, rule] }), (error) => {
      assert.equal(error.constructor, kind);
      assert.ok(error.message.includes(`"rules[1]${name}"`), error.message);
      return true;
    });
  refused(null, '', TypeError);
  refused('/api/', '', TypeError);
  refused({}, '.match', TypeError);
  refused({ match: 'api' }, '.match', RangeError);
  refused({ match: '/', ttl: '1' }, '.ttl', TypeError);
  refused({ match: '/', ttl: -1 }, '.ttl', RangeError);
  refused({ match: '/', staleWhileRevalidate: NaN }, '.staleWhileRevalidate', RangeError);
  refused({ match: '/', cache: 'no' }, '.cache', TypeError);
});

test('setUser takes a name or null', (t) => {
  const cache = createHybridCache();
  t.after(() => cache.close());
  assert.throws(() => cache.setUser(''), RangeError);
  assert.throws(() => cache.setUser(undefined), TypeError);
  assert.throws(() => cache.setUser(7), TypeError);
  cache.setUser(null);
});

test('defaults, and undefined stands for them', () => {
  const { user, ttl, rules, maxBytes, maxEntries, lookupTimeout, session, echoVersion, versionless, bodies, keyHeaders, expose, userIs } =
    readOptions({ ttl: undefined, user: undefined });
  assert.deepEqual(
    { user, ttl, rules, maxBytes, maxEntries, lookupTimeout, session, echoVersion, versionless, bodies, keyHeaders, expose, userIs },
    {
      user: null, ttl: 300_000, rules: [], maxBytes: 52_428_800, maxEntries: 1_000, lookupTimeout: 150, session: 'cookie',
      echoVersion: true, versionless: 'skip', bodies: 'copy', keyHeaders: ['Accept', 'Accept-Language'], expose: true, userIs: 'name',
    },
  );
  assert.deepEqual(readOptions(), readOptions({}));
});

test('limits are accepted', () => {
  readOptions({ ttl: 0, lookupTimeout: 0, maxBytes: 1, maxEntries: 1 });
  readOptions({ lookupTimeout: 2 ** 31 - 1, wasmUrl: new URL('https://a.example/x.wasm') });
  readOptions({ user: () => null, rules: [], include: [] });
});

test('the options are copied', () => {
  const given = { rules: [{ match: '/a', ttl: 1 }] };
  const settings = readOptions(given);
  given.rules[0].ttl = 2;
  given.rules.push({ match: '/b' });
  assert.deepEqual(settings.rules.map(({ match, ttl }) => [match, ttl]), [['/a', 1]]);
});

test('an unknown option is reported once, with the nearest known name', async (t) => {
  const said = listen(t);
  readOptions({ lookupTimeOut: 5 });
  readOptions({ lookupTimeOut: 5, rules: [{ match: '/', staleWhileRevalidat: 5 }] });
  await import('../../dist/spelling.js');
  await settle();
  assert.deepEqual(said(), [
    'hybrid-cache: there is no option "lookupTimeOut"; it has no effect. Did you mean "lookupTimeout"?',
    'hybrid-cache: there is no option "rules[0].staleWhileRevalidat"; it has no effect. Did you mean "rules[0].staleWhileRevalidate"?',
  ]);
});

test('patterns forget nothing between uses, and a bare origin names one host', () => {
  const global = readMatch('m', /api/g);
  assert.deepEqual([global.test('/api'), global.test('/api'), global.flags], [true, true, '']);
  const sticky = readMatch('m', /https/y);
  assert.deepEqual([sticky.test('https://a'), sticky.test('x https://a')], [true, false]);
  assert.equal(readMatch('m', 'https://a.example'), 'https://a.example/');
  assert.equal(readMatch('m', 'https://a.example/x'), 'https://a.example/x');
  assert.equal(readMatch('m', '/api'), '/api');
});
