/** What a reader must know of the machine, and nothing that names it. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ROOT } from '../tests/support/paths.mjs';
import { CHROMIUM } from './session.mjs';

export async function describeMachine() {
  const { stdout } = await promisify(execFile)(CHROMIUM, ['--version']);
  return {
    date: new Date().toISOString().slice(0, 10),
    package: JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version,
    chromium: /\d[\d.]*/.exec(stdout)?.[0] ?? stdout.trim(),
    node: process.versions.node,
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: loadavg().map((load) => Number(load.toFixed(1))),
  };
}
