/**
 * Reads from a test runner's own output how many tests passed, failed and were left out. `undefined` means that the
 * output holds no result at all, which is a failure of its own.
 */

const total = (text, pattern) => {
  const found = [...text.matchAll(pattern)];
  return found.length ? found.reduce((sum, [, number]) => sum + Number(number), 0) : undefined;
};

const plain = (text) => text.replace(/\x1b\[[0-9;]*m/g, '');

/** `cargo test`, and wasm-bindgen's runner, which speaks the same: one "test result:" line per binary. */
export function cargo(output) {
  const text = plain(output);
  const passed = total(text, /^test result: .*?(\d+) passed/gm);
  if (passed === undefined) return undefined;
  return { passed, failed: total(text, /^test result: .*?(\d+) failed/gm), skipped: total(text, /^test result: .*?(\d+) ignored/gm) };
}

/** `node --test` with the spec reporter, which ends with one line per count. */
export function node(output) {
  const count = (name) => total(plain(output), new RegExp(`^ℹ ${name} (\\d+)$`, 'gm'));
  const passed = count('pass');
  if (passed === undefined) return undefined;
  return { passed, failed: count('fail') + count('cancelled'), skipped: count('skipped') + count('todo') };
}

/** Python's unittest: "Ran 12 tests", and in brackets what was not a success. */
export function unittest(output) {
  const ran = total(plain(output), /^Ran (\d+) tests?/gm);
  if (ran === undefined) return undefined;
  const ending = plain(output).match(/^(?:OK|FAILED)(?: \((.*)\))?$/m)?.[1] ?? '';
  const count = (name) => Number(ending.match(new RegExp(`(?:^|, )${name}=(\\d+)`))?.[1] ?? 0);
  const failed = count('failures') + count('errors') + count('unexpected successes');
  const skipped = count('skipped') + count('expected failures');
  return { passed: ran - failed - skipped, failed, skipped };
}

/** `npm run test:package`: its last line. */
export function cells(output) {
  const [, passed, failed] = plain(output).match(/^(\d+) cells passed, (\d+) failed$/m) ?? [];
  return passed === undefined ? undefined : { passed: Number(passed), failed: Number(failed), skipped: 0 };
}

/** The table of races: its last line counts this package's cells. */
export function races(output) {
  const [, right, not] = plain(output).match(/^hybrid-cache: (\d+) right, (\d+) not$/m) ?? [];
  return right === undefined ? undefined : { passed: Number(right), failed: Number(not), skipped: 0 };
}

/** The size report: one line per limit. */
export function budgets(output) {
  const count = (pattern) => [...plain(output).matchAll(pattern)].length;
  const [passed, failed] = [count(/^within budget:/gm), count(/^OVER BUDGET:/gm)];
  return passed + failed ? { passed, failed, skipped: 0 } : undefined;
}
