import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readOptions } from '../../dist/options.js';
import './support.mjs';
import { Router } from '../../dist/route.js';

const router = (options) => new Router(readOptions(options));

test('canonical: absolute, no fragment, parameters sorted by name, equal names in their order', () => {
  const { href } = router().route('/x?b=2&a=1&b=1#part');
  assert.equal(href, 'https://app.example/x?a=1&b=2&b=1');
});

test('the same page, written in several ways, is one URL', () => {
  const r = router();
  const hrefs = ['/x?a=1&b=2', 'https://app.example/x?b=2&a=1', 'x?b=2&a=1#top', 'HTTPS://APP.example:443/x?a=1&b=2'].map((a) => r.route(a).href);
  assert.deepEqual(new Set(hrefs), new Set(['https://app.example/x?a=1&b=2']));
});

test('what is resolved without the platform’s URL is what that makes of it', () => {
  const r = router();
  const addresses = ['/', '/x', '/api/v1/items/7', '/a/', '/a//b', '/a.b/c-d_e~f', '/.a', '/a/../b', '/a/.', '/%2e/b', '/%41', '//other.example/a'];
  const queries = ['', '?', '?a', '?a=', '?a=1', '?a=b.c*d-e_f', '?a=~', '?a=%20', '?a=b c', '?.=1', '?b=1&a=2', '#x', '?a=1#x'];
  for (const address of addresses.flatMap((path) => queries.map((query) => path + query))) {
    const url = new URL(address, 'https://app.example/');
    url.hash = '';
    if (url.search) url.searchParams.sort();
    assert.deepEqual([r.route(address).href, r.route(address).origin], [url.href, url.origin], address);
  }
});

test('what is not http(s), or no URL, is no route', () => {
  const r = router();
  for (const address of ['data:text/plain,x', 'blob:https://app.example/1', 'mailto:a@b.example', 'https://', 'http://[']) {
    assert.equal(r.route(address), undefined, address);
  }
});

test('include: the page’s own origin by default', () => {
  const r = router();
  assert.equal(r.route('/anything').included, true);
  assert.equal(r.route('https://other.example/anything').included, false);
});

test('include: prefixes of paths mean the own origin, prefixes of URLs any', () => {
  const r = router({ include: ['/api/', 'https://api.example/v1/', 'https://open.example'] });
  const included = (address) => r.route(address).included;
  assert.deepEqual(
    ['/api/x', '/api', '/other', 'https://api.example/v1/x', 'https://api.example/v2/x', 'https://other.example/api/x'].map(included),
    [true, false, false, true, false, false],
  );
  assert.deepEqual(['https://open.example/x', 'https://open.example.evil.example/x'].map(included), [true, false]);
});

test('include: regular expressions see the absolute URL, again and again', () => {
  const r = router({ include: [/^https:\/\/app\.example\/api\//g] });
  assert.deepEqual(['/api/1', '/api/2', '/api/3', '/x'].map((a) => r.route(a).included), [true, true, true, false]);
});

test('rules: the first match wins', () => {
  const r = router({ rules: [{ match: '/a/b', ttl: 1 }, { match: '/a', ttl: 2 }, { match: /\?live$/, cache: false }] });
  assert.deepEqual(['/a/b/c', '/a/c', '/x?live=', '/x'].map((a) => r.route(a).rule?.ttl), [1, 2, undefined, undefined]);
  assert.equal(r.route('/y?live').rule, undefined, 'the canonical URL is matched, where a name without a value gets "="');
});

test('servers: the own one, those of include, and those that something included came from', () => {
  const r = router({ include: ['/api/', 'https://api.example/v1/', /cdn\.example\/data/] });
  assert.deepEqual([...r.servers], ['https://app.example', 'https://api.example']);
  r.route('https://cdn.example/other');
  assert.equal(r.servers.size, 2);
  r.route('https://cdn.example/data/x');
  assert.deepEqual([...r.servers].at(-1), 'https://cdn.example');
});

test('addresses are remembered, but not without bound', () => {
  const r = router();
  const first = r.route('/x?n=0');
  assert.equal(r.route('/x?n=0'), first);
  for (let n = 1; n <= 600; n++) r.route(`/x?n=${n}`);
  assert.notEqual(r.route('/x?n=0'), first);
  assert.deepEqual(r.route('/x?n=0'), first);
});

test('a relative address follows the page', (t) => {
  const r = router();
  assert.equal(r.route('item').href, 'https://app.example/item');
  const { href } = globalThis.location;
  t.after(() => (globalThis.location.href = href));
  globalThis.location.href = 'https://app.example/deep/page';
  assert.equal(r.route('item').href, 'https://app.example/deep/item');
});
