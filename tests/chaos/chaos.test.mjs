/**
 * Half a minute of chaos on each of Chromium's IndexedDB back ends, from a fixed seed, or from a fresh one where `CHAOS_SEED`
 * is `fresh`. And the observer is seen to fail: on a server that breaks H1, and on a page that serves without looking at labels.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chaos, told } from './run.mjs';
import { BACK_ENDS } from './back-ends.mjs';

const seed = process.env.CHAOS_SEED === 'fresh' ? 1 + Math.floor(Math.random() * 1_000_000_000) : 20_261_125;

for (const backEnd of Object.keys(BACK_ENDS)) {
  test(`chaos on ${backEnd}`, async (t) => {
    const result = await chaos({ minutes: 0.5, seed, backEnd });
    t.diagnostic(told(result));
    assert.deepEqual(result.violations, [], told(result));
    assert.ok(result.hits > 0 && result.faults > 0, told(result));
  });
}

for (const [broken, what] of [
  ['h1', 'a server that stamps responses newer than their data (H1)'],
  ['label', 'a page that serves what it has without looking at a label'],
]) {
  test(`the observer reports ${what}`, async () => {
    const { violations } = await chaos({ minutes: 5, steps: 2_000, seed, broken });
    assert.ok(violations.some(({ rule }) => rule === 'I1'), 'no violation of I1 was seen');
  });
}
