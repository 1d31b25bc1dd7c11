/** The demo from end to end: its real server, its real application, two tabs, two users; versions in memory and in Redis. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { openBrowser } from '../support/browser.mjs';
import { until } from '../support/deadline.mjs';
import { Tab } from '../support/tab.mjs';
import { Desk } from './desk.mjs';
import { Api, databaseFile, startDemo, startRedis } from './services.mjs';

const LIST = '/api/invoices/';
const database = databaseFile();

for (const store of ['memory', 'redis']) {
  describe(`versions in ${store}`, () => {
    let redis;
    let demo;
    let browser;
    before(async () => {
      redis = store === 'redis' ? await startRedis() : undefined;
      demo = await startDemo(database, redis?.url);
      browser = await openBrowser({ flags: ['--window-size=1400,1000'] });
    }, { timeout: 180_000 });
    after(async () => {
      await browser?.close();
      await demo?.stop();
      await redis?.stop();
    });

    /** A desk where `name` has signed in, and the API as the same user. Its database is empty: profiles are not shared. */
    async function desk(t, name) {
      const api = new Api(demo.origin);
      const user = await api.signIn(name);
      const tab = await browser.tab();
      t.after(() => tab.close());
      const made = new Desk(tab);
      await made.open(demo.origin);
      await made.page.evaluate(() => new Promise((go) => (indexedDB.deleteDatabase('hybrid-cache').onsuccess = go)).then(() => true));
      await made.signIn(name);
      return { desk: made, api, user };
    }

    /** The second tab, by the button: a tab opened by script is signed in as the first one. */
    async function secondTab(t, one) {
      const opening = one.page.waitForEvent('popup');
      await one.click('open-second-tab');
      const tab = new Tab(await opening);
      t.after(() => tab.close());
      const two = new Desk(tab);
      await two.listed();
      return two;
    }

    /** What the server says about the list on screen now. */
    async function truth(api) {
      const { results } = await api.json(LIST);
      return results.map(({ id, status }) => [id, status]);
    }

    /** The button makes somebody else edit an invoice of the list; answers which, and its status now: `[id, status]`. */
    async function otherPersonEdits(one, api) {
      const before = new Map(await truth(api));
      await one.click('other-person-edits');
      return until('the edit', async () => (await truth(api)).find(([id, status]) => before.get(id) !== status));
    }

    function assertClean(...desks) {
      for (const { tab } of desks) {
        assert.deepEqual(tab.complaints(), []);
        tab.assertNoErrors();
      }
    }

    test('the list comes from the network; again from memory; after a reload and in a second tab from IndexedDB', async (t) => {
      const { desk: one, api } = await desk(t, 'alice');
      const [first] = await one.timeline();
      assert.deepEqual([first.outcome, first.layer], ['miss', 'network']);
      assert.ok((await api.requests()) > 0);
      assert.equal((await one.rows()).length, 25);

      // Memory answers for a second after the last look into the database (S1b); on a busy machine that may be over.
      await until('a hit from memory', async () => {
        const { outcome, layer } = await one.ask();
        assert.equal(outcome, 'hit');
        return layer === 'memory';
      });
      await until('the stored list', () => one.page.evaluate(() => globalThis.hybridCache.stats().stores > 0));

      const before = await one.rows();
      const asked = await one.reloadFromStorage(api);
      assert.equal(asked, 0, 'the server has seen nothing of a reload');
      assert.deepEqual(await one.rows(), before);

      const two = await secondTab(t, one);
      assert.equal(await two.reloadFromStorage(api), 0, 'nor of a second tab');
      assert.deepEqual(await two.rows(), before);
      // The panel asks when its own page was answered; on a busy machine the second tab may have gone to the server.
      await one.ask();
      const seen = await api.requests();
      await until("the panel to show the server's own number", async () => Number(await one.attribute('server-requests', 'data-count')) === seen);
      if (store === 'memory') {
        await one.picture('list');
        await one.click('theme-toggle');
        await one.picture('list-dark');
      }
      assertClean(one, two);
    });

    test('another person edits: nothing older is shown any more, in either tab', async (t) => {
      const { desk: one, api } = await desk(t, 'alice');
      const two = await secondTab(t, one);
      const watches = [await one.watchVersions(), await two.watchVersions()];
      const old = await one.version();
      for (let round = 0; round < 3; round++) {
        const [id, status] = await otherPersonEdits(one, api);
        for (const each of [one, two]) {
          await until('the edited invoice on screen', async () => (await each.rows()).some(([i, s]) => i === id && s === status));
          await each.current();
          assert.deepEqual(await each.rows(), await truth(api));
        }
      }
      assert.ok((await one.version()) > old);
      assert.equal(await two.version(), await one.version());
      for (const watch of watches) {
        const noted = await watch.noted();
        assert.ok(noted.length >= 2, `versions were shown: ${noted}`);
        assert.deepEqual(noted, [...noted].sort((a, b) => a - b), 'never an older one after a newer');
      }
      for (const each of [one, two]) {
        await each.page.reload();
        await each.listed();
        assert.deepEqual(await each.rows(), await truth(api));
      }
      assertClean(one, two);
    });

    test('bob sees other data at the same address, and so does whoever signs in after', async (t) => {
      const { desk: one, api } = await desk(t, 'alice');
      const alices = await one.rows();
      const aliceReads = await one.words();
      const bob = new Api(demo.origin);
      await bob.signIn('bob');
      await one.signOut();
      await one.signIn('bob');
      const bobs = await one.rows();
      assert.deepEqual(bobs, await truth(bob));
      const bobReads = await one.words();
      assert.deepEqual(bobReads.filter((row) => aliceReads.includes(row)), [], 'no row is one of hers');
      assert.equal(await one.element('user-name').textContent().then((text) => /bob/i.test(text)), true);
      if (store === 'memory') await one.picture('bob');
      const seen = await api.requests();
      await one.signOut();
      await one.signIn('alice');
      assert.deepEqual(await one.rows(), alices);
      assert.equal(await api.requests(), seen, 'her list was still there');
      assertClean(one);
    });

    test('edited at the desk: the other tab shows it, too', async (t) => {
      const { desk: one, api } = await desk(t, 'alice');
      await one.click('invoice-link');
      await one.element('invoice').waitFor();
      await one.current();
      const address = await one.page.evaluate(() => location.pathname);
      const two = new Desk(await browser.tab());
      t.after(() => two.tab.close());
      await two.open(demo.origin);
      await two.signIn('alice');
      await two.open(demo.origin, address);
      await two.element('invoice').waitFor();
      const note = `Called on the ${Date.now()}.`;
      await one.click('edit');
      await one.element('edit-note').fill(note);
      if (store === 'memory') await one.picture('edit');
      await one.click('save');
      for (const each of [one, two]) {
        await until('the note on screen', async () => (await each.element('invoice-note').textContent())?.trim() === note);
        await each.current();
      }
      const id = await one.attribute('invoice', 'data-invoice-id');
      assert.equal((await api.json(`${LIST}${id}/`)).note, note);
      if (store === 'memory') await one.picture('detail');
      assertClean(one, two);
    });

    test('searching and turning pages', async (t) => {
      const { desk: one, api } = await desk(t, 'alice');
      const first = await one.rows();
      await one.click('next-page');
      await until('page 2', async () => (await one.attribute('page-position', 'data-page')) === '2');
      await one.current();
      assert.notDeepEqual(await one.rows(), first);
      const seen = await api.requests();
      await one.click('previous-page');
      await until('page 1', async () => (await one.attribute('page-position', 'data-page')) === '1');
      assert.deepEqual(await one.rows(), first);
      assert.equal(await api.requests(), seen, 'turned back from the cache');
      const all = Number(await one.attribute('invoice-count', 'data-count'));
      await one.element('status-filter').selectOption('paid');
      await until('a shorter list', async () => Number(await one.attribute('invoice-count', 'data-count')) < all);
      await one.current();
      assert.ok((await one.rows()).every(([, status]) => status === 'paid'));
      assertClean(one);
    });

    test('clear: the next list is from the network, in both tabs', async (t) => {
      const { desk: one, api } = await desk(t, 'alice');
      const two = await secondTab(t, one);
      await one.ask();
      const before = await api.requests();
      await one.click('clear');
      await until('the news', async () => /Cleared/.test(await one.element('news').textContent()));
      await one.ask();
      await two.ask();
      assert.ok((await api.requests()) > before, 'the server was asked');
      for (const each of [one, two]) {
        await each.cached();
      }
      assertClean(one, two);
    });

    test("indexedDB.deleteDatabase('hybrid-cache'); location.reload() works while both tabs are open", async (t) => {
      const { desk: one, api } = await desk(t, 'alice');
      const two = await secondTab(t, one);
      await two.ask();
      const before = await api.requests();
      const loaded = one.page.waitForEvent('load');
      // As it is typed into the console: it outlives the call that asks for it.
      await one.page.evaluate(() => void setTimeout(() => (indexedDB.deleteDatabase('hybrid-cache'), location.reload())));
      await loaded;
      await one.listed();
      assert.ok((await api.requests()) > before, 'the list came from the server');
      await two.ask();
      assert.deepEqual(await two.rows(), await truth(api));
      for (const each of [one, two]) {
        await each.cached();
      }
      const [id, status] = await otherPersonEdits(one, api);
      for (const each of [one, two]) {
        await until('the edit on screen', async () => (await each.rows()).some(([i, s]) => i === id && s === status));
      }
      assertClean(one, two);
    });

    test('stored on the server side as said: stamped, and not for the HTTP caches in between', async () => {
      const api = new Api(demo.origin);
      await api.signIn('alice');
      const response = await api.fetch(LIST);
      assert.match(response.headers.get('X-Cache-Version'), /^[1-9]\d*$/);
      assert.equal(response.headers.get('Cache-Control'), 'private, no-store');
      assert.ok(response.headers.get('X-Cache-Scope'));
      const unstamped = await api.fetch('/api/demo/requests/');
      assert.equal(unstamped.headers.get('X-Cache-Version'), null);
      const status = await api.json('/api/cache/status/');
      assert.equal(typeof status, 'object');
    });

    if (store === 'redis') {
      test('INCR from outside is picked up at the next response', async (t) => {
        const { desk: one, api, user } = await desk(t, 'alice');
        const two = await secondTab(t, one);
        const key = `cache_user_version:${user.id}`;
        assert.equal(Number(await redis.cli('GET', key)), await one.version(), 'the version lives in Redis');
        const next = Number(await redis.cli('INCR', key));
        const before = await api.requests();
        await one.ask('ask-server');
        await until('the new version in both tabs', async () => (await one.version()) === next && (await two.version()) === next);
        for (const each of [one, two]) {
          await each.current();
          assert.equal(Number(await each.attribute('shown-version', 'data-version')), next);
        }
        assert.ok((await api.requests()) >= before + 2, 'what was stored before is not served any more');
        assertClean(one, two);
      });

      test('a Redis that holds garbage, is frozen or is gone: answers without a version, and /health says so', async (t) => {
        const { desk: one, api, user } = await desk(t, 'bob');
        const key = `cache_user_version:${user.id}`;
        const stamped = async () => {
          const response = await api.fetch(LIST);
          assert.equal(response.status, 200);
          return response.headers.get('X-Cache-Version');
        };
        // What a server remembers of Redis counts until it hears of a change, or for a second after the last sign of life.
        const unstamped = (why) => until(`an answer without a version: ${why}`, async () => (await stamped()) === null);
        const health = async () => (await api.fetch('/health')).text();
        const good = await until('a server in good health', async () => {
          const text = await health();
          return JSON.parse(text).status === 'pass' && text;
        });
        await redis.cli('SET', key, 'garbage');
        await unstamped('garbage is none');
        await redis.cli('DEL', key);
        await until('a version again', stamped);
        redis.freeze();
        try {
          await unstamped('Redis is frozen');
          await until('/health to say so', async () => (await health()) !== good);
          await one.press('ask-server');
          assert.equal((await one.rows()).length, 25, 'the desk goes on');
        } finally {
          redis.thaw();
        }
        await until('a version again', stamped);
        await redis.stop();
        await unstamped('Redis is gone');
        assert.notEqual(await health(), good);
        await one.page.reload();
        await one.element('invoice-row').first().waitFor();
        one.tab.assertNoErrors();
      });
    }
  });
}
