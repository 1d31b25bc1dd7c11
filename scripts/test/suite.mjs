/** Runs one suite: its commands one after the other, all of them, and adds up what they say of themselves. */

import { join, relative } from 'node:path';

import { logs, root } from '../places.mjs';
import { command } from '../terminal/command.mjs';
import { CommandFailed } from '../terminal/ending.mjs';

/** A command that takes longer hangs. */
const SECONDS = 25 * 60;

/**
 * What one command's ending means. A command that fails without naming a failed test has failed as a whole, and one
 * that ran no test has shown nothing: both count as one failure.
 */
export function judge(counts, ended) {
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0, reason: ended ?? 'no result was found in the output' };
  if (ended && counts.failed === 0) return { ...counts, failed: 1, reason: ended };
  if (!ended && counts.passed + counts.failed === 0) return { ...counts, failed: 1, reason: 'it ran no test' };
  return counts;
}

/**
 * Runs a suite's commands and returns `{ passed, failed, skipped, reasons, log }`.
 *
 * A command is `{ run: [program, ...arguments], env, counts, title }`; without `counts` it is a check of its own that
 * passes or fails as a whole. `{ absent: sentence }` stands for tests that should be there and are not.
 */
export async function runSuite(name, commands, line) {
  const sum = { passed: 0, failed: 0, skipped: 0, reasons: [], log: relative(root, join(logs, `${name}.log`)) };
  let append = false;
  for (const { run, env, counts, title, absent } of commands) {
    if (absent) {
      sum.failed += 1;
      sum.reasons.push({ words: absent, tail: '' });
      continue;
    }
    const [program, ...parameters] = run;
    const words = title ?? run.join(' ');
    line(words);
    let output;
    let ended;
    try {
      output = await command(program, parameters, { env, log: name, append, line, seconds: SECONDS });
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      ({ output, message: ended } = error);
    }
    append = true;
    const result = judge(counts ? counts(output) : { passed: ended ? 0 : 1, failed: ended ? 1 : 0, skipped: 0 }, ended);
    for (const count of ['passed', 'failed', 'skipped']) sum[count] += result[count];
    if (result.failed) sum.reasons.push({ words: result.reason ?? words, tail: excerpt(output) });
  }
  return sum;
}

/** The lines of a failed command that most likely say why: those around failures, and the last ones. */
function excerpt(output) {
  const lines = output.trimEnd().split('\n');
  const telling = /^(✖ |---- |error(\[|:)|FAIL: |ERROR: |test .* FAILED|OVER BUDGET|warning: )|panicked at|AssertionError/;
  const found = lines.flatMap((text, index) => (telling.test(text) ? [index] : [])).slice(0, 12);
  const near = new Set(found.flatMap((index) => [0, 1, 2, 3, 4, 5].map((distance) => index + distance)));
  const last = Math.max(0, lines.length - 15);
  return lines.filter((_, index) => near.has(index) || index >= last).join('\n');
}
