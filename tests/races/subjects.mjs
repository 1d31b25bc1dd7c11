/** What is played with: this package, and the caches a user would pick instead. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { ROOT, cacheFolder } from '../support/paths.mjs';

const PEERS = join(ROOT, 'tests/races/peers');

/** This package, on the test page of the faults. */
export const OURS = { name: 'hybrid-cache', path: '/page.html' };

const peer = (name, file) => ({ name, file, path: `/races/${file}.html` });

/** From npm, each set up as its own documentation has it, with ./peers/peer.js around it. */
export const THEIRS = [
  peer('@ngneat/cashew', 'cashew'),
  peer('axios-cache-interceptor', 'axios'),
  peer('TanStack Query persister', 'tanstack'),
  peer('Workbox', 'workbox'),
];

/** Bundles the pages of the peers; answers the folder they are in. */
export async function buildPeers() {
  const folder = cacheFolder('races');
  const files = [...THEIRS.map(({ file }) => file), 'workbox-worker'];
  await build({
    entryPoints: files.map((file) => join(PEERS, `${file}.js`)),
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    // Angular's partial compilation is finished in the page, by its own compiler.
    define: { ngDevMode: 'false', 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
  const page = readFileSync(join(PEERS, 'page.html'), 'utf8');
  for (const { file } of THEIRS) writeFileSync(join(folder, `${file}.html`), page.replace('PEER', file));
  return folder;
}
