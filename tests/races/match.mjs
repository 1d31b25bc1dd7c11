/** Plays one cell with one subject and so many tabs, on a server and an origin of its own. */

import { builtPackage } from '../support/paths.mjs';
import { startServer } from '../support/server.mjs';
import { play } from './play.mjs';

/** The verdict and why: `[verdict, words]`. `folder`: where the peers' pages are, if they play. */
export async function match(browser, subject, cell, count, folder) {
  const server = await startServer({ files: { '/package/': builtPackage(), ...(folder && { '/races/': folder }) } });
  // A page that may not be stored does not get into the back/forward cache either.
  server.fileHeaders['Cache-Control'] = 'no-cache';
  server.alter('/races/workbox-worker.js', { headers: { 'Service-Worker-Allowed': '/' } });
  const tabs = [];
  try {
    for (let n = 0; n < count; n++) {
      const tab = await browser.tab({ before: cell.before });
      tabs.push(tab);
      await tab.open(server, undefined, subject.path);
      await tab.page.waitForFunction(() => globalThis.loaded);
      if (cell.together) await browser.passHttpCache(tab);
      if (cell.cookies) await tab.run(() => void (document.cookie = 'user=alice; path=/'));
      await tab.start({ user: 'alice', session: cell.cookies ? 'cookie' : 'bearer' });
    }
    return await play(cell, server, tabs);
  } finally {
    for (const tab of tabs) await tab.close();
    await server.close();
  }
}
