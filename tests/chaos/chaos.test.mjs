/**
 * Half a minute of chaos on each of Chromium's IndexedDB back ends, from a fixed seed, or from a fresh one where `CHAOS_SEED`
 * is `fresh`. And the observer is seen to report what breaks a rule.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BACK_ENDS } from './back-ends.mjs';
import { BROKEN } from './broken.mjs';
import { chaos, told } from './run.mjs';

const seed = process.env.CHAOS_SEED === 'fresh' ? 1 + Math.floor(Math.random() * 1_000_000_000) : 20_261_125;

for (const backEnd of Object.keys(BACK_ENDS)) {
  test(`chaos on ${backEnd}`, async (t) => {
    const result = await chaos({ minutes: 0.5, seed, backEnd });
    t.diagnostic(told(result));
    assert.deepEqual(result.violations, [], told(result));
    assert.ok(result.hits > 0 && result.faults > 0, told(result));
  });
}

for (const [broken, { what, rule, says = /./ }] of Object.entries(BROKEN)) {
  test(`the observer reports ${what}`, async (t) => {
    const result = await chaos({ minutes: 5, steps: 2_000, seed, broken });
    const seen = result.violations.find((violation) => violation.rule === rule && says.test(violation.words));
    assert.ok(seen, told(result));
    t.diagnostic(`${seen.rule} at step ${seen.step}: ${seen.words}`);
  });
}
