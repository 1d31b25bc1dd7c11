/** Keeps two runs from writing the same files at once: the demo in one terminal, the tests in another. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { cache } from '../places.mjs';

/** Takes the lock if it is free, or was left by a process that is gone. */
function take(lock) {
  mkdirSync(dirname(lock), { recursive: true });
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || process.pid, 0);
  } catch (error) {
    if (error.code === 'ESRCH' || error.code === 'ENOENT') rmSync(lock, { force: true });
  }
  return false;
}

/** A build function that waits until no other run of these scripts is building; `lock` is the file that says so. */
export function alone(work, lock = join(cache, 'building')) {
  return async (line, ...rest) => {
    while (!take(lock)) {
      line('waiting for another run of these scripts');
      await pause(200);
    }
    const release = () => rmSync(lock, { force: true });
    process.once('exit', release);
    try {
      return await work(line, ...rest);
    } finally {
      process.off('exit', release);
      release();
    }
  };
}
