/** The files of docs/recipes.md, bundled with the packed package and with what they combine it with. */

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { installed, packed } from '../package/install.mjs';
import { ROOT } from '../support/paths.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The package by its files, since the first of them is meant to be patient. */
const ALIAS = { 'hybrid-cache': './patient.js', 'hybrid-cache/push': '../node_modules/hybrid-cache/dist/push.js' };

/** The code blocks of the document that begin with the name of a file: `[[name, text], ...]`. */
export function files() {
  const text = readFileSync(join(ROOT, 'docs/recipes.md'), 'utf8');
  return [...text.matchAll(/^```js\n\/\/ ([\w-]+\.js)\n([^]*?)^```$/gm)].map(([, name, code]) => [name, code]);
}

/**
 * Answers a folder to be served: `page.html` with every recipe for pages, `worker-page.html` with the service worker,
 * `index.html` with push.
 */
export async function bundled() {
  const home = await installed(await packed(), HERE, 'recipes');
  const [source, site] = [join(home, 'source'), join(home, 'site')];
  for (const folder of [source, site]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  }
  cpSync(join(HERE, 'pages'), source, { recursive: true });
  for (const [name, code] of files()) writeFileSync(join(source, name), code, { flag: 'wx' });
  const common = { absWorkingDir: source, outdir: site, bundle: true, format: 'esm', minify: true, logLevel: 'silent', alias: ALIAS };
  const results = [
    await build({ ...common, entryPoints: ['page.js', 'worker-page.js', 'push-page.js'], splitting: true }),
    // In one file, as the document says.
    await build({ ...common, entryPoints: ['sw.js'] }),
  ];
  for (const { warnings } of results) if (warnings.length) throw new Error(warnings.map(({ text }) => text).join('\n'));
  for (const page of ['page.html', 'worker-page.html', 'index.html']) cpSync(join(source, page), join(site, page));
  return site;
}
