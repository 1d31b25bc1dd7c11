/** What applications do beyond a single request: resources, lazy routes, change detection; with zone.js and without. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { angularApplication, stored } from './application.mjs';

const { said, application } = angularApplication('production', 'zoneless');

test('without zone.js it builds without a warning, too', () => {
  assert.match(said('zoneless'), /bundle generation complete/i);
  assert.doesNotMatch(said('zoneless'), /WARNING/);
});

/** What a lazy route's resource shows. */
const shows = (tab, text) => until(`"${text}" on screen`, async () => (await tab.page.locator('#lazy').allTextContents())[0] === text);

for (const configuration of ['production', 'zoneless']) {
  const zone = configuration === 'zoneless' ? 'without zone.js' : 'under zone.js';

  for (const [backend, query] of Object.entries({ XHR: 'quiet', fetch: 'quiet&backend=fetch' })) {
    test(`httpResource in a lazy route, ${zone}, by ${backend}`, async (t) => {
      const { server, tab, open, drive } = await application(t, query, configuration);
      assert.equal(await tab.run(() => 'Zone' in globalThis), configuration !== 'zoneless');
      await drive('go', 'shared');
      await shows(tab, 'alice 1');
      await stored(tab);
      await drive('go', '');
      await drive('go', 'shared');
      await shows(tab, 'alice 1');
      await tab.page.click('#reload');
      await until('two hits', async () => (await tab.run(() => globalThis.driver.cache.stats())).hits === 2);
      await open();
      await drive('go', 'shared');
      await shows(tab, 'alice 1');
      assert.equal(server.count('/api/lazy'), 1, 'once from the network; again, reloaded and in a new page from the cache');
      server.users.get('alice').edit();
      await drive('get', '/api/other');
      await tab.page.click('#reload');
      await shows(tab, 'alice 2');
      assert.deepEqual(tab.complaints(), []);
      tab.assertNoErrors();
    });
  }

  test(`a lazy route with an HttpClient of its own, made via the application's, ${zone}`, async (t) => {
    const { server, tab, drive } = await application(t, 'quiet', configuration);
    await drive('go', 'own');
    await shows(tab, 'alice 1');
    await stored(tab);
    assert.equal(server.requests.find(({ path }) => path === '/api/lazy').headers['x-made-by'], 'a lazy route');
    await drive('go', 'shared');
    await shows(tab, 'alice 1');
    await drive('go', 'own');
    await shows(tab, 'alice 1');
    assert.equal(server.count('/api/lazy'), 1, 'one cache for both');
    const { hits, misses, stores } = await tab.run(() => globalThis.driver.cache.stats());
    assert.deepEqual([hits, misses, stores], [2, 1, 1]);
    tab.assertNoErrors();
  });
}

/** Clicks until the button's answer is here, and answers how often change detection ran for that. */
async function click({ tab, drive }) {
  const [before, answers] = [await drive('settled'), await tab.run(() => globalThis.driver.answers)];
  await tab.page.click('#ask');
  await tab.page.waitForFunction((n) => globalThis.driver.answers > n, answers);
  return (await drive('settled')) - before;
}

/** An application that shows no signal of the cache and has stored what its button asks for; the page is new. */
async function warm(t, configuration, backend) {
  const app = await application(t, `quiet${backend}`, configuration);
  await click(app);
  await stored(app.tab);
  await app.open();
  return app;
}

for (const backend of ['', '&backend=fetch']) {
  test(`change detection under zone.js${backend}: at most two runs for a hit, one of them the click's`, async (t) => {
    const app = await warm(t, 'production', backend);
    const runs = [];
    for (let n = 0; n < 10; n++) runs.push(await click(app));
    assert.equal((await app.tab.run(() => globalThis.driver.cache.stats())).hits, 10);
    assert.equal(app.server.count('/api/shown'), 1);
    assert.ok(runs.every((count) => count >= 1 && count <= 2), `${runs} runs`);
    t.diagnostic(`runs of change detection for ten hits, the first from IndexedDB: ${runs}`);
  });
}

test('change detection without zone.js: a hit runs none, but for what its caller changes', async (t) => {
  const app = await warm(t, 'zoneless', '');
  const hits = async () => (await app.tab.run(() => globalThis.driver.cache.stats())).hits;
  const before = await app.drive('settled');
  for (let n = 1; n <= 10; n++) {
    await app.drive('get', '/api/shown');
    assert.equal(await hits(), n);
  }
  assert.equal(await app.drive('settled'), before, 'nothing was changed, nothing ran');
  const runs = [];
  for (let n = 0; n < 10; n++) runs.push(await click(app));
  assert.equal(await hits(), 20);
  // The click, and the signal that is set.
  assert.ok(runs.every((count) => count >= 1 && count <= 2), `${runs} runs`);
  t.diagnostic(`runs of change detection for ten clicks that show a hit: ${runs}`);
});
