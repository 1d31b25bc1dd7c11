/** The files of docs/recipes.md, bundled with the packed package and with what they combine it with. */

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { installed, packed } from '../package/install.mjs';
import { ROOT } from '../support/paths.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The code blocks of the document that begin with the name of a file: `[[name, text], ...]`. */
export function files() {
  const text = readFileSync(join(ROOT, 'docs/recipes.md'), 'utf8');
  return [...text.matchAll(/^```js\n\/\/ ([\w-]+\.js)\n([^]*?)^```$/gm)].map(([, name, code]) => [name, code]);
}

/** Answers a folder to be served: `page.html` with every recipe for pages, `worker-page.html` with the service worker. */
export async function bundled() {
  const home = await installed(await packed(), HERE, 'recipes');
  const [source, site] = [join(home, 'source'), join(home, 'site')];
  for (const folder of [source, site]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  }
  cpSync(join(HERE, 'pages'), source, { recursive: true });
  for (const [name, code] of files()) writeFileSync(join(source, name), code, { flag: 'wx' });
  const common = { absWorkingDir: source, outdir: site, bundle: true, format: 'esm', minify: true, logLevel: 'silent', alias: { 'hybrid-cache': './patient.js' } };
  const results = [
    await build({ ...common, entryPoints: ['page.js', 'worker-page.js'], splitting: true }),
    // In one file, as the document says.
    await build({ ...common, entryPoints: ['sw.js'] }),
  ];
  for (const { warnings } of results) if (warnings.length) throw new Error(warnings.map(({ text }) => text).join('\n'));
  for (const page of ['page.html', 'worker-page.html']) cpSync(join(source, page), join(site, page));
  return site;
}
