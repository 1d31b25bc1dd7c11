/** What nearly every browser test begins with. */

import { after, before } from 'node:test';

import { openBrowser } from './browser.mjs';
import { builtPackage } from './paths.mjs';
import { startServer } from './server.mjs';

/**
 * One browser for the tests of a file. Answers `stage(t, options)`, which gives a test a server, and with it an origin
 * and a database, of its own: `{ server, browser, tab(options) }`; see `Browser.tab` for the options. All is closed
 * when the test ends.
 */
export function oneBrowser(options) {
  let browser;
  before(async () => {
    browser = await openBrowser(options);
  });
  after(() => browser?.close());
  return async (t) => {
    const server = await startServer({ files: { '/package/': builtPackage() } });
    const tabs = [];
    t.after(async () => {
      for (const tab of tabs) await tab.close();
      await server.close();
    });
    const tab = async (tabOptions) => {
      const made = await browser.tab(tabOptions);
      tabs.push(made);
      return made;
    };
    return { server, browser, tab };
  };
}
