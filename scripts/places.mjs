/** Where things are. Paths are absolute; nothing here reads or creates a file. */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** What the scripts remember between runs: fingerprints, logs, the packed package. Safe to delete at any time. */
export const cache = join(root, '.cache');

/** One log file per step and per suite. */
export const logs = join(cache, 'logs');

/** The packed npm package; `npm run pack` writes it, the demo and the tests install it. */
export const tarball = join(cache, 'hybrid-cache.tgz');

/** Where cargo keeps what it installs. */
export const cargoHome = resolve(process.env.CARGO_HOME ?? join(homedir(), '.cargo'));

/** Where rustup keeps its toolchains, and with them the standard library's sources. */
export const rustupHome = resolve(process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'));

/** Where cargo builds. */
export const cargoTarget = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');

/** The Angular application that shows the cache. */
export const demoApp = join(root, 'angular-demo');

/** The built application, as angular.json places it and the demo server serves it. */
export const demoSite = join(demoApp, 'dist/angular-demo/browser');
