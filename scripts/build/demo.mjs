/** The demo: the Angular application with the packed package in it, and its server. */

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { cargoTarget, demoApp, demoSite, tarball } from '../places.mjs';
import { alone } from '../terminal/alone.mjs';
import { command } from '../terminal/command.mjs';
import { explainDownload } from '../terminal/ending.mjs';
import { npmPackages } from '../tools/npm-packages.mjs';
import { fingerprint, unlessUnchanged } from '../unchanged.mjs';

/** npm packages of the application as locked, then the packed package as anybody would get it. */
export const installDemoPackages = alone(async (line) => {
  const note = await npmPackages(line, demoApp);
  const installed = join(demoApp, 'node_modules/hybrid-cache');
  const mark = join(installed, '.installed-from');
  const packed = fingerprint([tarball]);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === packed) return note;
  // The lock file does not know the package: its checksum changes with every build. And npm would keep an older copy
  // that has the same version.
  rmSync(installed, { recursive: true, force: true });
  const vendored = join(demoApp, 'vendor/hybrid-cache.tgz');
  mkdirSync(dirname(vendored), { recursive: true });
  copyFileSync(tarball, vendored);
  await command('npm', ['install', '--no-save', '--no-package-lock', '--prefer-offline', '--no-progress', './vendor/hybrid-cache.tgz'], { cwd: demoApp, line, log: 'npm' }).catch((error) => {
    throw explainDownload('The npm packages of the demo', error);
  });
  writeFileSync(mark, packed);
  return 'installed, with the packed hybrid-cache';
});

/** Builds the application for production. */
export const buildDemoApp = alone(async (line) => {
  const sources = ['src', 'public', 'angular.json', 'package.json', 'package-lock.json', 'tsconfig.json'].map((path) => join(demoApp, path));
  const done = await unlessUnchanged('demo-app', { inputs: [...sources, tarball], outputs: [demoSite] }, () =>
    command('npm', ['run', 'build'], { cwd: demoApp, line, log: 'demo-app', env: { NG_CLI_ANALYTICS: 'false' } }),
  );
  return done ? '' : 'unchanged';
});

/** Builds the server and returns its path; optimised for people, as it comes from a debug build for tests. */
export async function buildDemoServer(line, { release = true } = {}) {
  await command('cargo', ['build', '--package', 'hybrid-cache-demo-server', ...(release ? ['--release'] : [])], { line, log: 'demo-server' });
  return join(cargoTarget, release ? 'release' : 'debug', 'hybrid-cache-demo-server');
}
