/** What every cell of the matrix has to show in Chromium; the server's own count is the judge. */

import assert from 'node:assert/strict';

/** A development server builds what is asked for first, ms. */
const PATIENCE = 120_000;

/**
 * Opens `address` (a page that offers `get(path)` and `cache`, and says `loaded`) and follows one response: from the
 * network, from the cache, after a reload from IndexedDB, and not after an edit.
 */
export async function journey(browser, server, address) {
  const tab = await browser.tab();
  tab.page.setDefaultTimeout(PATIENCE);
  const open = async () => {
    await tab.page.goto(address);
    await tab.page.waitForFunction(() => globalThis.loaded);
    assert.equal(await tab.run(() => globalThis.cache.whenReady(), undefined, PATIENCE), true, JSON.stringify(tab.console));
  };
  const get = (path) => tab.run((p) => globalThis.get(p), path, PATIENCE);
  try {
    await tab.page.context().addCookies([{ name: 'user', value: 'alice', url: server.origin }]);
    await open();
    const first = await get('/api/a');
    assert.equal(first.user, 'alice');
    await tab.page.waitForFunction(() => (typeof globalThis.cache.stats === 'function' ? globalThis.cache.stats() : {}).stores >= 1);
    assert.deepEqual(await get('/api/a'), first);
    assert.equal(server.count('/api/a'), 1, 'the second from the cache');
    await open();
    assert.deepEqual(await get('/api/a'), first);
    assert.equal(server.count('/api/a'), 1, 'after a reload from IndexedDB');
    server.users.get('alice').edit();
    await get('/api/b');
    assert.equal((await get('/api/a')).edition, first.edition + 1, 'nothing older after a change');
    tab.assertNoErrors();
    const said = tab.console.filter(({ type, text }) => ['error', 'warning'].includes(type) && !/favicon/.test(text));
    assert.deepEqual(said, []);
  } finally {
    await tab.close();
  }
}
