/**
 * `npm run screenshots`: the pictures in `docs/screenshots`, of the demo and of `<hybrid-cache-panel>`, light and dark.
 * Builds what has changed, then takes them from the real thing: the demo's server, its application, Chromium.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { FOR_BUILD, bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { buildDemoApp, buildDemoServer, installDemoPackages } from './build/demo.mjs';
import { packTarball } from './build/tarball.mjs';
import { root } from './places.mjs';
import { step } from './terminal/step.mjs';
import { isStarted, main } from './terminal/ending.mjs';

const FOLDER = join(root, 'docs/screenshots');
const SCHEMES = ['light', 'dark'];
const picture = (what, scheme) => ({ path: join(FOLDER, `${what}-${scheme}.png`), animations: 'disabled' });

/** The demo after a few questions, an edit by somebody else and a reload. */
async function demo(browser, origin) {
  const { Desk } = await import('../tests/e2e/desk.mjs');
  const desk = new Desk(await browser.tab());
  await desk.page.setViewportSize({ width: 1280, height: 800 });
  await desk.open(origin);
  await desk.signIn('alice');
  await desk.click('other-person-edits');
  await desk.element('news').getByText('changed').waitFor();
  await desk.current();
  await desk.page.reload();
  await desk.listed();
  for (const question of ['ask-again', 'ask-server', 'ask-again', 'ask-again']) await desk.ask(question);
  await desk.element('answers-since').waitFor();
  for (const scheme of SCHEMES) {
    await desk.page.emulateMedia({ colorScheme: scheme });
    await desk.page.screenshot(picture('demo', scheme));
  }
  await desk.tab.close();
}

/** The panel by itself, beside a client of a page without a framework. */
async function panel(browser, server) {
  const { Looker } = await import('../tests/devtools/looker.mjs');
  const tab = await (await browser.tab()).open(server, { user: 'alice' });
  await tab.page.setViewportSize({ width: 520, height: 800 });
  const look = await new Looker(tab).show();
  const pages = ['/api/orders?page=1', '/api/orders?page=2', '/api/orders/4711', '/api/customers?q=wood', '/api/status'];
  for (let round = 0; round < 4; round++) for (const path of pages) await tab.get(`${path}${path.includes('?') ? '&' : '?'}size=${300 * path.length}`);
  await look.entries(pages.length);
  await look.button(/^Explain/).first().click();
  await look.part('entries').getByText('Served: fresh').waitFor();
  for (const scheme of SCHEMES) {
    await tab.page.emulateMedia({ colorScheme: scheme });
    await look.panel.screenshot(picture('panel', scheme));
  }
  await tab.close();
}

/** Takes them, of what is built. */
export async function take() {
  const [{ openBrowser }, { startServer }, { builtPackage }, { databaseFile, startDemo }] = await Promise.all(
    ['support/browser', 'support/server', 'support/paths', 'e2e/services'].map((name) => import(`../tests/${name}.mjs`)),
  );
  mkdirSync(FOLDER, { recursive: true });
  const browser = await openBrowser();
  const [running, server] = await Promise.all([startDemo(databaseFile()), startServer({ files: { '/package/': builtPackage() } })]);
  try {
    await demo(browser, running.origin);
    await panel(browser, server);
  } finally {
    await Promise.all([browser.close(), running.stop(), server.close()]);
  }
}

if (isStarted(import.meta.url)) {
  await main(async () => {
    await bootstrap([...FOR_BUILD, 'chromium']);
    await build(['wasm', 'js']);
    await step('npm package', packTarball);
    await step('npm packages of the Angular application', installDemoPackages);
    await step('Angular application', buildDemoApp);
    await step('Rust server', async (line) => {
      process.env.HYBRID_CACHE_DEMO_SERVER ??= await buildDemoServer(line, { release: false });
    });
    await step('Pictures', take);
  });
}
