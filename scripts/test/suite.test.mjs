import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cargo } from './counts.mjs';
import { judge, runSuite } from './suite.mjs';

const silent = () => {};
const say = (...lines) => ['node', '-e', `console.log(${JSON.stringify(lines.join('\n'))})`];

test('no tests at all is a failure', () => {
  assert.equal(judge({ passed: 0, failed: 0, skipped: 0 }, undefined).failed, 1);
  assert.equal(judge(undefined, undefined).failed, 1);
});

test('tests that were all left out are a failure', () => {
  assert.equal(judge({ passed: 0, failed: 0, skipped: 4 }, undefined).failed, 1);
});

test('a command that fails after its tests passed is a failure', () => {
  const result = judge({ passed: 3, failed: 0, skipped: 0 }, 'ended with exit code 1');
  assert.deepEqual([result.passed, result.failed], [3, 1]);
});

test('a suite goes on after a failing command and adds up', async () => {
  const sum = await runSuite(
    'scripts-suite-test',
    [
      { run: say('test result: FAILED. 2 passed; 1 failed; 0 ignored'), counts: cargo },
      { run: ['node', '-e', 'process.exit(3)'], counts: cargo },
      { run: ['node', '-e', ''] },
      { run: say('test result: ok. 4 passed; 0 failed; 0 ignored'), counts: cargo },
    ],
    silent,
  );
  assert.deepEqual([sum.passed, sum.failed], [7, 2]);
  assert.match(sum.reasons[1].words, /exit code 3/);
});

test('a program that is not there is a failure', async () => {
  const sum = await runSuite('scripts-suite-test', [{ run: ['no-such-program'], counts: cargo }], silent);
  assert.equal(sum.failed, 1);
});
