/** The installed package in pages without a framework: by import map, and in a bundle. */

import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { openBrowser } from '../support/browser.mjs';
import { until } from '../support/deadline.mjs';
import { temporaryFolder } from '../support/paths.mjs';
import { startServer } from '../support/server.mjs';
import { installed, packed } from './install.mjs';

const PLAIN = fileURLToPath(new URL('plain/', import.meta.url));

let browser;
let app;

before(async () => {
  app = await installed(await packed());
  browser = await openBrowser();
}, { timeout: 600_000 });
after(() => browser?.close());

/** The network, then the cache, then after a reload IndexedDB: the server's own count tells. */
async function caches(t, files, page) {
  const server = await startServer({ files: { '/plain/': PLAIN, ...files } });
  const tab = await browser.tab();
  t.after(async () => {
    await tab.close();
    await server.close();
  });
  const open = async () => {
    await tab.page.goto(server.origin + page);
    await tab.page.waitForFunction(() => globalThis.loaded);
    assert.equal(await tab.run(() => globalThis.cache.whenReady()), true, JSON.stringify([tab.console, await tab.status()]));
  };
  await open();
  const first = await tab.run(() => globalThis.get('/api/a'));
  await tab.stored();
  assert.deepEqual(await tab.run(() => globalThis.get('/api/a')), first);
  assert.equal(server.count('/api/a'), 1);
  await open();
  assert.deepEqual(await tab.run(() => globalThis.get('/api/a')), first);
  assert.equal(server.count('/api/a'), 1, 'after a reload from IndexedDB');
  server.users.get('alice').edit();
  await tab.run(() => globalThis.get('/api/b'));
  assert.equal((await tab.run(() => globalThis.get('/api/a'))).edition, 2);
  await until('an inspection', () => tab.run(async () => (await globalThis.cache.entries()).length > 0));
  tab.assertQuiet();
}

test('by import map, as it is installed', async (t) => {
  await caches(t, { '/node_modules/': join(app, 'node_modules') }, '/plain/import-map.html');
});

test('in a bundle of esbuild, without a setting for it', async (t) => {
  const out = temporaryFolder('bundle');
  // Beside the installed packages: here the name would mean the repository itself.
  const entry = join(app, 'plain-page.js');
  copyFileSync(join(PLAIN, 'page.js'), entry);
  const { warnings, metafile } = await build({
    entryPoints: { page: entry },
    metafile: true,
    absWorkingDir: app,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    outdir: out,
    logLevel: 'silent',
  });
  assert.deepEqual(warnings.map(({ text, location }) => `${text} (${location?.file})`), []);
  assert.ok(Object.keys(metafile.inputs).includes('node_modules/hybrid-cache/dist/index.js'), 'the installed package');
  await caches(t, { '/bundle/': out }, '/plain/bundle.html');
});
