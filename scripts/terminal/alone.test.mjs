import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { alone } from './alone.mjs';

test('what waits is told so, and has its turn when the other has ended, well or badly', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hybrid-cache-alone-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const lock = join(folder, 'lock');
  const order = [];
  let fail;
  const first = alone(() => new Promise((_, reject) => (fail = reject)), lock)(() => {});
  let waits;
  const waiting = new Promise((resolve) => (waits = resolve));
  const second = alone(async () => order.push('second'), lock)(waits);
  assert.match(await waiting, /waiting/);
  order.push('first');
  fail(new Error('no'));
  await assert.rejects(first);
  await second;
  assert.deepEqual(order, ['first', 'second']);
});

test('a lock that a process left when it was killed is no lock', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hybrid-cache-alone-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const lock = join(folder, 'lock');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(lock, String(pid));
  assert.equal(await alone(async () => 'done', lock)(() => {}), 'done');
});
