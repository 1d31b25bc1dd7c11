/** A fresh Angular application with the package added: built, served, tested. */

import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CHROMIUM } from '../../support/browser.mjs';
import { freePort, serve } from '../../support/process.mjs';
import { startServer } from '../../support/server.mjs';
import { addPackage, edit, environment, freshApp, ng, ngCommand } from './fresh-app.mjs';
import { journey } from './journey.mjs';

const OWN = fileURLToPath(new URL('angular/', import.meta.url));

/** The cells of one Angular; each is given `{ tarball, browser }` and answers what is worth saying. */
export function angularCells(major) {
  let added;
  const app = (tarball) => (added ??= prepare(major, tarball));
  return {
    [`angular ${major} ng add`]: async ({ tarball }) => (await app(tarball)).note,
    [`angular ${major} ng build`]: async ({ tarball, browser }) => build(await app(tarball), browser),
    [`angular ${major} ng serve`]: async ({ tarball, browser }) => develop(await app(tarball), browser),
    [`angular ${major} ng test`]: async ({ tarball }) => unitTests(await app(tarball)),
  };
}

/** A fresh application, added to twice (the second time changes nothing) and made to show itself to the journey. */
async function prepare(major, tarball) {
  const env = await environment(major);
  const folder = await freshApp(major);
  const said = await addPackage(folder, tarball, { env, options: ['--wasm=asset'] });
  assert.match(said, /done: provideHybridCache\(\)/);
  assert.match(said, /left: name the user/);
  const config = join(folder, 'src/app/app.config.ts');
  const once = readFileSync(config, 'utf8');
  const workspace = readFileSync(join(folder, 'angular.json'), 'utf8');
  await ng(folder, ['generate', 'hybrid-cache:ng-add', '--wasm=asset'], { env });
  assert.equal(readFileSync(config, 'utf8'), once, 'a second time changes nothing');
  assert.equal(readFileSync(join(folder, 'angular.json'), 'utf8'), workspace);
  for (const word of ['provideHybridCache(', 'hybridCacheInterceptor', 'provideHttpClient(']) assert.equal(once.split(word).length - 1, word.endsWith('(') ? 1 : 2, word);

  // What ng add has left to do; and on a busy machine a hit is to be a hit.
  edit(config, (text) => text.replace('user: () => null', "user: () => 'alice', lookupTimeout: 5_000"));
  edit(join(folder, 'src/main.ts'), (text) => `import { show } from './show';\n${text.replace(/\s*\.catch\(/, '.then(show).catch(')}`);
  for (const file of ['show.ts', 'cache.spec.ts']) copyFileSync(join(OWN, file), join(folder, 'src', file));
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/@angular/core/package.json'), 'utf8'));
  return { major, folder, env, note: version };
}

async function build({ folder, env }, browser) {
  const said = await ng(folder, ['build', '--stats-json'], { env });
  // In capitals: a chunk of the package is called warnings.
  assert.doesNotMatch(said, /WARNING/);
  // Angular 22 calls it by another name.
  const stats = ['stats.json', 'browser-stats.json'].map((name) => join(folder, 'dist/app', name)).find(existsSync);
  const { outputs } = JSON.parse(readFileSync(stats, 'utf8'));
  const shipped = Object.values(outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([path, { bytesInOutput }]) => path.includes('node_modules/hybrid-cache/') && bytesInOutput > 0)
    .map(([path]) => path);
  assert.ok(shipped.some((path) => path.endsWith('dist/angular/interceptor.js')));
  assert.deepEqual(shipped.filter((path) => /testing|devtools|optimistic|probe|push/.test(path)), [], 'nothing that is not imported');
  const server = await startServer({ files: { '/': join(folder, 'dist/app/browser') } });
  try {
    await journey(browser, server, `${server.origin}/index.html`);
  } finally {
    await server.close();
  }
}

async function develop({ folder, env }, browser) {
  const server = await startServer();
  const port = await freePort();
  writeFileSync(join(folder, 'proxy.json'), JSON.stringify({ '/api': { target: server.origin, secure: false } }));
  const words = ['serve', '--host', '127.0.0.1', '--port', String(port), '--proxy-config', 'proxy.json', '--no-hmr', '--no-live-reload'];
  const served = await serve('node', ngCommand(words), { cwd: folder, env: { ...env, NG_CLI_ANALYTICS: 'false' }, ready: /Local:\s+http|generation failed[^]*/i, limit: 300_000 });
  assert.match(served.found[0], /Local/);
  try {
    await journey(browser, server, `http://127.0.0.1:${port}/`);
  } finally {
    await served.stop();
    await server.close();
  }
}

/** The application's own suite, with the cache in it, and the tests of `cache.spec.ts`. */
async function unitTests({ folder, env }) {
  // Karma starts the browser by itself; as root, Chromium wants to be told.
  const start = join(folder, 'chromium.sh');
  writeFileSync(start, `#!/bin/sh\nexec ${CHROMIUM} --no-sandbox "$@"\n`);
  chmodSync(start, 0o755);
  const { builder } = JSON.parse(readFileSync(join(folder, 'angular.json'), 'utf8')).projects.app.architect.test;
  const karma = /karma/.test(builder);
  const words = ['test', '--watch=false', ...(karma ? ['--browsers=ChromeHeadless'] : [])];
  const said = await ng(folder, words, { env: { ...env, CHROME_BIN: start, CI: '1' }, limit: 400_000 });
  const plain = said.replace(/\x1b\[[0-9;]*m/g, '');
  const [, count] = /TOTAL: (\d+) SUCCESS|Tests\s+(\d+) passed/.exec(plain)?.filter(Boolean) ?? /Executed (\d+) of \1 SUCCESS/.exec(plain) ?? [];
  assert.ok(Number(count) >= 5, `tests ran:\n${plain}`);
  assert.ok(existsSync(join(folder, 'src/cache.spec.ts')));
  return `${count} tests, ${karma ? 'karma in Chromium' : 'vitest with jsdom'}`;
}
