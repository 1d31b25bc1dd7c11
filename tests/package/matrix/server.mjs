/** A fresh Angular application that is rendered on a server first, with the package added. */

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { until } from '../../support/deadline.mjs';
import { ROOT } from '../../support/paths.mjs';
import { serve } from '../../support/process.mjs';
import { startServer } from '../../support/server.mjs';
import { addPackage, edit, environment, freshApp, ng } from './fresh-app.mjs';

const OWN = fileURLToPath(new URL('server/', import.meta.url));

/** The cell of one Angular. */
export function serverCells(major) {
  return {
    [`angular ${major} server-side rendering, hydration`]: async ({ tarball, browser }) => {
      const { folder, env, note } = await prepare(major, tarball);
      const said = await ng(folder, ['build'], { env });
      assert.doesNotMatch(said, /WARNING/);
      const api = await startServer();
      // A newer Angular does not let what is private travel with the page.
      api.alter('/api/a', { headers: { 'Cache-Control': null } });
      const site = await serve('node', ['serve.mjs'], { cwd: folder, env: { ...env, API: api.origin }, ready: /listening on (\S+)/ });
      try {
        await hydration(browser, api, site.found[1]);
        assert.doesNotMatch(site.output(), /error|warning|hybrid-cache/i);
      } finally {
        await site.stop();
        await api.close();
      }
      return note;
    },
  };
}

/** The application: it shows what it asks for at once, and renders on every request. */
async function prepare(major, tarball) {
  const env = await environment(major);
  const folder = await freshApp(major, { server: true });
  await addPackage(folder, tarball, { env });
  const app = join(folder, 'src/app');
  edit(join(app, 'app.config.ts'), (text) =>
    text
      .replace('user: () => null', "user: () => 'alice', lookupTimeout: 5_000")
      .replace('import { provideClientHydration', 'import { withHttpTransferCacheOptions, provideClientHydration')
      .replace('provideClientHydration(', `provideClientHydration(${documented()}, `),
  );
  edit(join(folder, 'angular.json'), (text) => text.replace('"allowedHosts": []', '"allowedHosts": ["127.0.0.1"]').replace('"prerender": true', '"prerender": false'));
  // Angular 19 names the hosts in another place, and has no file of the server's routes.
  const routes = join(app, 'app.routes.server.ts');
  if (existsSync(routes)) edit(routes, (text) => text.replace('RenderMode.Prerender', 'RenderMode.Server'));
  else edit(join(folder, 'src/server.ts'), (text) => text.replace('new CommonEngine()', "new CommonEngine({ allowedHosts: ['127.0.0.1'] })"));
  for (const name of ['app.component.ts', 'app.ts'].filter((file) => existsSync(join(app, file)))) {
    edit(join(app, name), (text) => `export { Desk as ${/export class (\w+)/.exec(text)[1]} } from '../desk';\n`);
  }
  copyFileSync(join(OWN, 'desk.ts'), join(folder, 'src/desk.ts'));
  copyFileSync(join(OWN, 'serve.mjs'), join(folder, 'serve.mjs'));
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/@angular/ssr/package.json'), 'utf8'));
  return { folder, env, note: `@angular/ssr ${version}` };
}

/** What the documentation says is to travel with a page. */
function documented() {
  const [, feature] = /provideClientHydration\((withHttpTransferCacheOptions\(.*?\))\)/.exec(readFileSync(join(ROOT, 'docs/angular.md'), 'utf8'));
  return feature;
}

/** What a page that was rendered on the server does in the browser; the API's own count is the judge. */
async function hydration(browser, api, address) {
  const html = await (await fetch(address)).text();
  assert.match(html, /<p[^>]* id="answer"[^>]*>alice 1</, 'rendered through HttpClient');
  assert.match(html, /<p[^>]* id="cache"[^>]*>unavailable server</, 'where nothing is cached');

  const tab = await browser.tab();
  try {
    const asked = () => api.requests.filter(({ headers }) => /Chrome/.test(headers['user-agent'])).length;
    const shown = () => tab.page.textContent('#answer');
    const open = async () => {
      await tab.page.goto(address);
      await tab.page.waitForFunction(() => globalThis.desk);
      assert.equal(await tab.run(() => globalThis.desk.cache.whenReady()), true, JSON.stringify(tab.console));
    };
    const click = async () => {
      const before = await tab.run(() => globalThis.desk.delivered.length);
      await tab.page.click('#ask');
      await tab.page.waitForFunction((n) => globalThis.desk.delivered.length === n, before + 1);
    };
    // Notes the element that the server rendered as soon as it is there.
    await tab.page.addInitScript(() =>
      new MutationObserver(() => (globalThis.rendered ??= document.querySelector('#answer') ?? undefined)).observe(document, { childList: true, subtree: true }),
    );
    await open();
    assert.equal(await shown(), 'alice 1');
    assert.equal(await tab.run(() => globalThis.rendered === document.querySelector('#answer')), true, 'hydrated, not made anew');
    assert.deepEqual(await tab.run(() => globalThis.desk.delivered.length), 1, 'delivered once');
    assert.equal(asked(), 0, 'what came with the page is not asked for');

    await click();
    await until('a stored answer', () => tab.run(() => globalThis.desk.cache.stats().stores === 1));
    const first = asked();
    await click();
    assert.deepEqual([first, asked()], [1, 1], 'from then on through the cache');

    api.users.get('alice').edit();
    await open();
    assert.equal(await shown(), 'alice 2', 'the page, not what is stored');
    assert.deepEqual(await tab.run(() => globalThis.desk.delivered.map(({ edition }) => edition)), [2]);
    assert.equal(asked(), 1);
    await click();
    assert.equal(await shown(), 'alice 2', 'and nothing older later');
    assert.deepEqual(tab.console.filter(({ type, text }) => ['error', 'warning'].includes(type) && !/favicon/.test(text)), []);
    tab.assertNoErrors();
  } finally {
    await tab.close();
  }
}
