/** npm packages of a folder, exactly as its lock file has them. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../places.mjs';
import { alone } from '../terminal/alone.mjs';
import { command, find } from '../terminal/command.mjs';
import { Stop, explainDownload } from '../terminal/ending.mjs';
import { fingerprint } from '../unchanged.mjs';

/** Node 20.11 is the oldest version with everything the scripts use. */
export function node() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11)) {
    throw new Stop(`Node 20.11 or newer is needed and this is ${process.versions.node}: see https://nodejs.org for a newer one, and run the command again.`);
  }
  if (!find('npm')) throw new Stop('npm is missing: install it (it comes with Node, or with the package `npm` of your distribution), and run the command again.');
  return `Node ${process.versions.node}`;
}

/** Runs `npm ci` in `folder` unless its packages are those of its lock file. */
export async function npmPackages(line, folder) {
  const locked = fingerprint([join(folder, 'package-lock.json')]);
  // Inside node_modules, so that whoever removes or replaces the packages removes this too.
  const mark = join(folder, 'node_modules', '.installed-from');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === locked) return 'as locked';
  await command('npm', ['ci', '--include=dev', '--prefer-offline', '--no-progress'], { cwd: folder, line, log: 'npm' }).catch((error) => {
    throw explainDownload('The npm packages', error);
  });
  writeFileSync(mark, locked);
  return 'installed';
}

/** The caches that tests/races plays beside this one. */
export const racePeers = alone((line) => npmPackages(line, join(root, 'tests/races')));

/** The packages of the repository itself. */
export const ownPackages = alone((line) => npmPackages(line, root));
