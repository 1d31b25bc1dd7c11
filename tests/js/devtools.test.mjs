import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HybridCachePanel } from '../../dist/devtools/index.js';
import { Journal } from '../../dist/devtools/journal.js';
import { BINS, KEPT, position, Samples } from '../../dist/devtools/samples.js';
import { address, bytes, duration, span } from '../../dist/devtools/words.js';
import { ORIGIN } from './support.mjs';

test('the module can be imported where there is no document', () => {
  assert.equal(typeof HybridCachePanel, 'function');
});

test('quantiles by nearest rank, of the latest samples only', () => {
  const samples = new Samples();
  assert.equal(samples.quantile(0.5), undefined);
  for (const ms of [5, 1, 3, 2, 4]) samples.add(ms);
  assert.deepEqual([samples.quantile(0.5), samples.quantile(0.95), samples.quantile(0)], [3, 5, 1]);
  for (let i = 0; i < KEPT; i++) samples.add(7);
  assert.deepEqual([samples.count, samples.quantile(0)], [KEPT, 7]);
});

test('the axis is logarithmic and holds whatever comes', () => {
  assert.deepEqual([0.1, 1, 10_000].map(position), [0, 0.2, 1]);
  const samples = new Samples();
  for (const ms of [0, 0.01, 99_999]) samples.add(ms);
  const bins = samples.bins();
  assert.deepEqual([bins.length, bins[0], bins[BINS - 1]], [BINS, 2, 1]);
});

test('numbers for people', () => {
  assert.deepEqual([0.44, 38.2, 1_234].map(duration), ['0.4 ms', '38 ms', '1.2 s']);
  assert.deepEqual([812, 4_100, 2_000_000].map(bytes), ['812 B', '4.1 KB', '2.0 MB']);
  assert.deepEqual([-5, 12_000, 240_000, 7_200_000, 172_800_000].map(span), ['0 s', '12 s', '4 min', '2 h', '2 d']);
  assert.deepEqual([`${ORIGIN}/a?b=1`, 'https://other.example/a'].map(address), ['/a?b=1', 'https://other.example/a']);
});

test('what was asked before the cache was ready is marked, the rest is not', () => {
  const client = { status: 'loading', version: () => null };
  const journal = new Journal(client);
  const hit = (at, ms) => journal.read({ type: 'hit', at, ms, url: `${ORIGIN}/a`, layer: 'indexeddb' }).loading;
  client.status = 'ready';
  journal.read({ type: 'status', at: 1_000 });
  assert.deepEqual([hit(1_010, 60), hit(1_010, 5)], [true, false]);
});

test('what was under way when somebody began to look is marked as well', () => {
  const journal = new Journal({ status: 'ready', version: () => null });
  const hit = (ms) => journal.read({ type: 'hit', at: Date.now(), ms, url: `${ORIGIN}/a`, layer: 'indexeddb' }).loading;
  assert.deepEqual([hit(500), hit(0)], [true, false]);
});

test('events that change nothing make no line', () => {
  const journal = new Journal({ status: 'ready', version: () => 4 });
  assert.equal(journal.read({ type: 'store', at: 1 }), undefined);
  assert.equal(journal.read({ type: 'version', at: 1, version: 4 }), undefined);
  assert.equal(journal.read({ type: 'version', at: 1, version: 5 }).text, 'Version 5');
  assert.equal(journal.read({ type: 'version', at: 1 }).text, 'The version is not known any more');
  assert.equal(journal.read({ type: 'late', at: 1, reason: 'R7', url: `${ORIGIN}/a` }).why, 'not stored: R7');
});
