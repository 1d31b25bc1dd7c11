import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { cache } from './places.mjs';
import { unlessUnchanged } from './unchanged.mjs';

/** A step in a folder of its own, with one input and one output. */
function step(t) {
  const folder = mkdtempSync(join(tmpdir(), 'hybrid-cache-unchanged-'));
  const name = `test-${process.pid}-${Math.random()}`;
  t.after(() => {
    rmSync(folder, { recursive: true });
    rmSync(join(cache, 'steps', `${name}.json`), { force: true });
  });
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'in', 'a'), 'one');
  const out = join(folder, 'out');
  const run = (also) => unlessUnchanged(name, { inputs: [join(folder, 'in')], outputs: [out], also }, () => writeFileSync(out, 'result'));
  return { folder, out, run };
}

test('work is done once while nothing changes', async (t) => {
  const { run } = step(t);
  assert.deepEqual([await run(), await run()], [true, false]);
});

test('a changed, new, renamed or removed input is a reason to work', async (t) => {
  const { folder, run } = step(t);
  const change = async (work) => {
    await run();
    work();
    assert.equal(await run(), true);
  };
  await change(() => writeFileSync(join(folder, 'in', 'a'), 'two'));
  await change(() => writeFileSync(join(folder, 'in', 'b'), ''));
  await change(() => rmSync(join(folder, 'in', 'a')));
});

test('so is whatever else decides the result', async (t) => {
  const { run } = step(t);
  assert.deepEqual([await run('-O2'), await run('-Oz'), await run('-Oz')], [true, true, false]);
});

test('so is a result that somebody removed or overwrote', async (t) => {
  const { out, run } = step(t);
  await run();
  rmSync(out);
  assert.equal(await run(), true);
  writeFileSync(out, 'mine');
  assert.equal(await run(), true);
});

test('work that failed is done again', async (t) => {
  const { folder, out } = step(t);
  const about = { inputs: [join(folder, 'in')], outputs: [out] };
  const name = `test-${process.pid}-failing`;
  t.after(() => rmSync(join(cache, 'steps', `${name}.json`), { force: true }));
  const fails = async () => {
    writeFileSync(out, 'half');
    throw new Error('no');
  };
  await assert.rejects(unlessUnchanged(name, about, fails));
  assert.equal(await unlessUnchanged(name, about, async () => {}), true);
});
