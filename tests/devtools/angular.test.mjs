/** `withDevtools()` in an application that is built as applications are: what it shows, and what it costs who does not use it. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';

import { build } from 'esbuild';

import { linked } from '../../scripts/build/linked.mjs';
import { openBrowser } from '../support/browser.mjs';
import { until } from '../support/deadline.mjs';
import { builtPackage, ROOT, temporaryFolder } from '../support/paths.mjs';
import { startServer } from '../support/server.mjs';

/** An application without a component. `feature` is a line of code, or nothing; `production` as `ng build` has it. */
async function application(feature, production) {
  const contents = `
    import 'zone.js';
    import { provideHttpClient, withInterceptors } from '@angular/common/http';
    import { createApplication } from '@angular/platform-browser';
    import { HybridCache, hybridCacheInterceptor, provideHybridCache } from 'hybrid-cache/angular';
    ${feature ? "import { withDevtools } from 'hybrid-cache/angular/devtools';" : ''}
    const providers = [provideHybridCache({ user: 'alice' }${feature ? `, ${feature}` : ''}), provideHttpClient(withInterceptors([hybridCacheInterceptor]))];
    globalThis.application = createApplication({ providers });
    globalThis.ready = application.then(({ injector }) => injector.get(HybridCache).whenReady());`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, sourcefile: 'main.js' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    outdir: '/out',
    entryNames: 'main',
    define: { ngDevMode: String(!production), ngJitMode: 'false' },
    plugins: [linked],
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ path, text }) => ({ name: basename(path), text }));
}

const isPanel = ({ text }) => /customElements\.define\("hybrid-cache-panel"/.test(text);

/** Serves an application and opens it. `asked` are the names of the files it has loaded. */
async function opened(t, files) {
  const folder = temporaryFolder('devtools-application');
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'index.html'), '<!doctype html><html lang="en"><title>An application</title><script type="module" src="/main.js"></script>');
  const server = await startServer({ files: { '/': folder, '/package/': builtPackage() } });
  const browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    await server.close();
  });
  const tab = await browser.tab();
  const asked = [];
  tab.page.on('request', (request) => asked.push(basename(new URL(request.url()).pathname)));
  await tab.open(server, undefined, '/index.html');
  assert.equal(await tab.run(() => globalThis.ready), true);
  return { tab, asked };
}

test('who does not use it has no byte of the panel', async () => {
  const files = await application('', true);
  assert.ok(files.some(({ text }) => text.includes('hybrid-cache')), 'the search finds what there is');
  assert.deepEqual(files.filter(({ text }) => text.includes('hybrid-cache-panel')).map(({ name }) => name), []);
});

test('while one develops, the panel is a chunk of its own, docked in a corner, and leaves with the application', async (t) => {
  const files = await application('withDevtools()', false);
  const chunk = files.filter(isPanel);
  assert.equal(chunk.length, 1);
  assert.doesNotMatch(files.find(({ name }) => name === 'main.js').text, /hybrid-cache-panel/);
  const { tab, asked } = await opened(t, files);
  const panel = tab.page.locator('aside[aria-label="hybrid-cache devtools"] hybrid-cache-panel');
  await panel.waitFor({ state: 'attached' });
  assert.equal(await panel.isVisible(), false, 'folded up');
  assert.ok(asked.includes(chunk[0].name));
  await tab.page.locator('aside > details > summary').focus();
  await tab.page.keyboard.press('Enter');
  await panel.getByText('ready').first().waitFor();
  await tab.run(async () => (await globalThis.application).destroy());
  await until('the panel to be gone', async () => (await panel.count()) === 0);
  tab.assertNoErrors();
});

test('in production it is not even asked for, unless the application says so', async (t) => {
  const files = await application('withDevtools()', true);
  const { tab, asked } = await opened(t, files);
  // The cache has loaded by now, and what it loads was asked for later than the panel would have been.
  assert.ok(asked.length > 1);
  assert.deepEqual(asked.filter((name) => files.some((file) => file.name === name && isPanel(file))), []);
  assert.equal(await tab.page.locator('hybrid-cache-panel').count(), 0);

  const wanted = await opened(t, await application('withDevtools({ production: true })', true));
  await wanted.tab.page.locator('hybrid-cache-panel').waitFor({ state: 'attached' });
});
