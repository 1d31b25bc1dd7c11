/** The Angular application of these tests: built by its own tools, and opened in Chromium with alice signed in. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before } from 'node:test';

import { tarball } from '../../scripts/places.mjs';
import { unlessUnchanged } from '../../scripts/unchanged.mjs';
import { openBrowser } from '../support/browser.mjs';
import { run } from '../support/command.mjs';
import { startServer } from '../support/server.mjs';
import { ANGULAR, installed, packed } from './install.mjs';

/** Where each configuration of `angular.json` is built to. */
const SITES = { production: 'dist', zoneless: 'dist-zoneless' };

/**
 * Builds these configurations before the tests of a file, unless nothing has changed, and opens one browser for them.
 * Answers `{ folder(), said(configuration), application(t, query, configuration) }`: the application's folder, what `ng
 * build` printed, and the application, wired as `query` says: `{ server, tab, open, drive, ready }`.
 */
export function angularApplication(...configurations) {
  let home;
  let browser;
  const record = (configuration) => join(home, SITES[configuration], 'ng-build.txt');

  before(async () => {
    home = await installed(await packed());
    for (const configuration of configurations) {
      const [site, said] = [join(home, SITES[configuration]), record(configuration)];
      await unlessUnchanged(`angular19-${configuration}`, { inputs: [ANGULAR, tarball], outputs: [site] }, async () => {
        const output = await run('npx', ['ng', 'build', '--configuration', configuration], { cwd: home });
        writeFileSync(said, output);
      });
    }
    browser = await openBrowser();
  }, { timeout: 600_000 });
  after(() => browser?.close());

  async function application(t, query = '', configuration = 'production') {
    const server = await startServer({ files: { '/': join(home, SITES[configuration]) } });
    const tab = await browser.tab();
    t.after(async () => {
      await tab.close();
      await server.close();
    });
    const open = async (user = 'alice') => {
      await tab.page.goto(`${server.origin}/index.html?${query}`);
      await tab.page.waitForFunction(() => globalThis.driver);
      await tab.run((name) => globalThis.driver.signIn(name), user);
      return tab.run(() => globalThis.driver.cache.whenReady());
    };
    /** Calls a method of the application's driver. */
    const drive = (method, ...given) => tab.run(([name, values]) => globalThis.driver[name](...values), [method, given]);
    const ready = await open();
    return { server, tab, open, drive, ready };
  }

  return { folder: () => home, said: (configuration) => readFileSync(record(configuration), 'utf8'), application };
}

/** Resolves once the application's cache has written `count` responses. */
export async function stored(tab, count = 1) {
  await tab.page.waitForFunction((n) => globalThis.driver.cache.stats().stores >= n, count);
}
