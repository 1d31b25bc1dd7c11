/**
 * `npm run test:package`: the packed package in everything it promises to work in, one line for each cell. `npm run
 * test:package -- '19 build' vite` runs the cells whose names have all words of one of these. What a cell needs it downloads, and keeps
 * in `.cache/tests`.
 */

import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

import { FOR_BUILD, bootstrap } from './bootstrap.mjs';
import { packTarball } from './build/tarball.mjs';
import { buildTypeScript } from './build/typescript.mjs';
import { buildWasm } from './build/wasm.mjs';
import { root, tarball } from './places.mjs';
import { step } from './terminal/step.mjs';
import { Stop, main } from './terminal/ending.mjs';

const ANGULAR = [19, 20, 22];

await main(async () => {
  const words = process.argv.slice(2).filter((word) => word !== '--built');
  if (!process.argv.includes('--built')) {
    await bootstrap([...FOR_BUILD, 'chromium']);
    await step('WebAssembly modules', buildWasm);
    await step('TypeScript', buildTypeScript);
    await step('npm package', packTarball);
  }
  // After the bootstrap: these need its packages.
  const { angularCells } = await import('../tests/package/matrix/angular.mjs');
  const { bundlerCells } = await import('../tests/package/matrix/bundlers.mjs');
  const { serverCells } = await import('../tests/package/matrix/server.mjs');
  const { openBrowser } = await import('../tests/support/browser.mjs');
  const all = Object.assign({}, bundlerCells(), ...ANGULAR.flatMap((major) => [angularCells(major), serverCells(major)]));
  const asked = Object.entries(all).filter(([name]) => !words.length || words.some((phrase) => phrase.split(' ').every((word) => name.split(/[ ,]+/).includes(word))));
  if (!asked.length) throw new Stop(`No cell has such a name; there are:\n  ${Object.keys(all).join('\n  ')}`);

  console.log(`\n${relative(root, tarball)}, ${readFileSync(tarball).length} bytes`);
  const browser = await openBrowser();
  let failed = 0;
  for (const [name, cell] of asked) {
    await step(name, () => cell({ tarball, browser })).catch((error) => {
      failed += 1;
      console.log(String(error.stack ?? error).slice(-4_000).replace(/^/gm, '    '));
    });
  }
  await browser.close();
  console.log(`\n${asked.length - failed} cells passed, ${failed} failed`);
  return failed ? 1 : 0;
});
