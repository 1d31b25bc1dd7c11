/**
 * The package as a newcomer gets it: packed, and installed from the tarball into a fresh copy of an application. The
 * application's other packages are kept in `.cache` between runs.
 */

import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { packTarball } from '../../scripts/build/tarball.mjs';
import { tarball } from '../../scripts/places.mjs';
import { fingerprint } from '../../scripts/unchanged.mjs';
import { run } from '../support/command.mjs';
import { builtPackage, cacheFolder } from '../support/paths.mjs';

/** The Angular application beside this file. */
export const ANGULAR = fileURLToPath(new URL('angular19/', import.meta.url));

/** What tools make in an application's folder. */
const MADE = /^(node_modules|\.angular|dist.*)$/;

/** Packs what is built. Answers the tarball's path. */
export async function packed() {
  builtPackage();
  await packTarball(() => {});
  return tarball;
}

/**
 * Installs the tarball into a copy of `fixture`, a folder with a lock file. Answers the copy's folder, `name` in the
 * cache; what was built there stays.
 */
export async function installed(file, fixture = ANGULAR, name = 'angular19') {
  const folder = cacheFolder('tests', name);
  for (const part of readdirSync(folder)) if (!MADE.test(part)) rmSync(join(folder, part), { recursive: true, force: true });
  cpSync(fixture, folder, { recursive: true, filter: (path) => !MADE.test(basename(path)) });
  await unlessSame([join(fixture, 'package-lock.json')], join(folder, 'node_modules'), () => run('npm', ['ci', '--prefer-offline'], { cwd: folder }));
  const own = join(folder, 'node_modules/hybrid-cache');
  await unlessSame([file], own, async () => {
    // Without saving: the lock stays as committed, and a tarball that changed is not held against it.
    rmSync(own, { recursive: true, force: true });
    await run('npm', ['install', '--no-save', '--no-package-lock', '--prefer-offline', file], { cwd: folder });
  });
  return folder;
}

/** Installs into `folder` unless a mark in it says that it was installed from files with these contents. */
async function unlessSame(files, folder, install) {
  const [mark, contents] = [join(folder, '.installed-from'), fingerprint(files)];
  if (existsSync(mark) && readFileSync(mark, 'utf8') === contents) return;
  await install();
  writeFileSync(mark, contents);
}
