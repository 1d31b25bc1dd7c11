/**
 * The package as a newcomer gets it: packed, and installed from the tarball into a fresh copy of an application. The
 * application's other packages are kept in `.cache` between runs.
 */

import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { packTarball } from '../../scripts/build/tarball.mjs';
import { tarball } from '../../scripts/places.mjs';
import { run } from '../support/command.mjs';
import { builtPackage, cacheFolder } from '../support/paths.mjs';

const ANGULAR = fileURLToPath(new URL('angular19/', import.meta.url));

/** Packs what is built. Answers the tarball's path. */
export async function packed() {
  builtPackage();
  await packTarball(() => {});
  return tarball;
}

/**
 * Installs the tarball into a copy of `fixture`, a folder with a lock file; by default the Angular application beside
 * this file. Answers the copy's folder, `name` in the cache.
 */
export async function installed(file, fixture = ANGULAR, name = 'angular19') {
  const folder = cacheFolder('tests', name);
  const lock = createHash('sha256').update(readFileSync(join(fixture, 'package-lock.json'))).digest('hex');
  const stamp = join(folder, 'node_modules/.hybrid-cache-lock');
  const warm = existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
  for (const part of readdirSync(folder)) if (!['node_modules', '.angular'].includes(part)) rmSync(join(folder, part), { recursive: true, force: true });
  cpSync(fixture, folder, { recursive: true, filter: (path) => !['node_modules', 'dist', '.angular'].includes(basename(path)) });
  if (!warm) {
    await run('npm', ['ci', '--prefer-offline'], { cwd: folder });
    writeFileSync(stamp, lock);
  }
  // Without saving: the lock stays as committed, and a tarball that changed is not held against it.
  rmSync(join(folder, 'node_modules/hybrid-cache'), { recursive: true, force: true });
  await run('npm', ['install', '--no-save', '--no-package-lock', '--prefer-offline', file], { cwd: folder });
  return folder;
}
