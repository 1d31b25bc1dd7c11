import assert from 'node:assert/strict';
import { test } from 'node:test';

import { budgets, cargo, cells, node, races, unittest } from './counts.mjs';

test('cargo: all binaries are added up', () => {
  const output = [
    '     Running unittests src/lib.rs',
    'test key::tests::sorts ... ok',
    'test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s',
    '   Doc-tests hybrid_cache_core',
    'test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s',
  ].join('\n');
  assert.deepEqual(cargo(output), { passed: 15, failed: 2, skipped: 1 });
});

test('cargo: a build that fails has no result', () => {
  assert.equal(cargo('error[E0425]: cannot find function `f`\nerror: could not compile `x`'), undefined);
});

test('cargo: a test that prints the word is not a result', () => {
  assert.equal(cargo('thread prints: test result: ok. 9 passed; 0 failed'), undefined);
});

test('node: cancelled tests are failures, todo tests are left out', () => {
  const output = ['✔ works (1.2ms)', 'ℹ tests 9', 'ℹ suites 0', 'ℹ pass 5', 'ℹ fail 1', 'ℹ cancelled 1', 'ℹ skipped 1', 'ℹ todo 1', 'ℹ duration_ms 12.5'].join('\n');
  assert.deepEqual(node(output), { passed: 5, failed: 2, skipped: 2 });
});

test('node: colours do not hide a result', () => {
  const output = '\x1b[34mℹ pass 5\x1b[39m\n\x1b[34mℹ fail 0\x1b[39m\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0';
  assert.deepEqual(node(output), { passed: 5, failed: 0, skipped: 0 });
});

test('unittest: errors and failures are failures', () => {
  const output = 'Ran 12 tests in 0.010s\n\nFAILED (failures=1, errors=2, skipped=3)\n';
  assert.deepEqual(unittest(output), { passed: 6, failed: 3, skipped: 3 });
});

test('unittest: expected failures are no passes, unexpected successes are failures', () => {
  const output = 'Ran 5 tests in 0.010s\n\nFAILED (expected failures=1, unexpected successes=1)\n';
  assert.deepEqual(unittest(output), { passed: 3, failed: 1, skipped: 1 });
});

test('unittest: all is well', () => {
  assert.deepEqual(unittest('Ran 1 test in 0.001s\n\nOK\n'), { passed: 1, failed: 0, skipped: 0 });
});

test('budgets: each limit counts', () => {
  const output = 'within budget: the eager part, 4.1 KB\nOVER BUDGET: everything, 41.0 KB\nwithin budget: more, 1 KB\n';
  assert.deepEqual(budgets(output), { passed: 2, failed: 1, skipped: 0 });
  assert.equal(budgets('dist/index.js is not there to be measured'), undefined);
});

test('the matrix of the package says its sum itself', () => {
  assert.deepEqual(cells('  ✓ vite build  (3 s)\n\n11 cells passed, 2 failed\n'), { passed: 11, failed: 2, skipped: 0 });
  assert.equal(cells('  ✓ vite build  (3 s)\n'), undefined);
});

test('races: the last line counts', () => {
  assert.deepEqual(races('race  hybrid-cache\n\nhybrid-cache: 40 right, 1 not\n'), { passed: 40, failed: 1, skipped: 0 });
  assert.equal(races('Error: no Chromium'), undefined);
});
