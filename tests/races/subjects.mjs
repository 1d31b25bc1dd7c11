/** The pages of those who play. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { build } from 'esbuild';

import { ROOT, cacheFolder } from '../support/paths.mjs';
import { THEIRS } from './names.mjs';

const PEERS = join(ROOT, 'tests/races/peers');

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
