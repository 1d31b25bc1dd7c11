/** Skips work whose inputs are what they were, and whose results are still there as they were left. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { cache, root } from './places.mjs';

const NOT_INPUTS = new Set(['node_modules', 'target', '.angular', '.git']);

/** Every file below the given files and folders, sorted. */
function files(paths) {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) found.push(path);
    else for (const name of readdirSync(path)) if (!NOT_INPUTS.has(name)) visit(join(path, name));
  };
  paths.forEach(visit);
  return found.sort();
}

/** A hash over names and contents of files and folders, and over `also`, any JSON value. */
export function fingerprint(paths, also = null) {
  const hash = createHash('sha256').update(JSON.stringify(also));
  for (const file of files(paths)) hash.update(`\n${relative(root, file)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

/**
 * Does `work` unless a former run with the same inputs left its outputs untouched. Returns whether it was done.
 *
 * `inputs` are files and folders; `outputs` likewise, or a function that lists them before and after; `also` is whatever
 * else decides the result (flags, versions).
 */
export async function unlessUnchanged(name, { inputs, outputs, also }, work) {
  const list = typeof outputs === 'function' ? outputs : () => outputs;
  const record = join(cache, 'steps', `${name}.json`);
  const before = fingerprint(inputs, also);
  const known = existsSync(record) ? readFileSync(record, 'utf8') : '';
  if (list().every((path) => existsSync(path)) && known === JSON.stringify([before, fingerprint(list())])) return false;
  await work();
  mkdirSync(join(cache, 'steps'), { recursive: true });
  writeFileSync(record, JSON.stringify([before, fingerprint(list())]));
  return true;
}
