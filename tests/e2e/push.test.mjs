/** Versions by push (R12), from the demo's real servers to real pages. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { bundled } from '../recipes/bundle.mjs';
import { openBrowser } from '../support/browser.mjs';
import { until } from '../support/deadline.mjs';
import { Api, databaseFile, startDemo, startRedis } from './services.mjs';
import { countStreams } from './streams.mjs';

const LIST = '/api/invoices/';
const EVENTS = '/api/cache/events/';
const database = databaseFile();
let site;
let browser;

before(async () => {
  site = await bundled();
  browser = await openBrowser();
}, { timeout: 300_000 });
after(() => browser?.close());

/** Servers for the tests of a group: pages are on the first, behind what counts their streams; other people edit on the last. */
function servers(start) {
  const started = [];
  let counted;
  before(async () => {
    started.push(...(await start()));
    counted = await countStreams(started.find(({ origin }) => origin).origin, EVENTS);
  }, { timeout: 120_000 });
  after(async () => {
    await counted?.stop();
    for (const { stop } of started.reverse()) await stop();
  });

  /** Alice and her pages: `{ api, edit, page() }`. `edit` answers the version after somebody else's edit. */
  return async (t) => {
    const demos = started.filter(({ origin }) => origin);
    const api = new Api(demos[0].origin);
    await api.signIn('alice');
    const elsewhere = new Api(demos.at(-1).origin);
    await elsewhere.signIn('alice');
    const edit = async () => {
      const response = await elsewhere.fetch('/api/demo/other-person-edits/', { method: 'POST' });
      assert.equal(response.status, 200);
      return Number(response.headers.get('X-Cache-Version'));
    };
    const page = async () => {
      const tab = await browser.tab();
      let closed = false;
      const close = async () => {
        if (!closed) await tab.close();
        closed = true;
      };
      t.after(close);
      const name = randomUUID();
      await tab.page.goto(`${counted.origin}/?page=${name}`);
      await tab.page.waitForFunction(() => globalThis.loaded);
      const signIn = (user, token) => tab.run(([u, k]) => globalThis.signIn(u, k), [user, token]);
      await signIn('alice', api.token);
      await tab.settled();
      return { tab, streams: counted.of(name), signIn, close, get: (path = LIST) => tab.run((p) => globalThis.get(p), path) };
    };
    return { api, edit, page };
  };
}

const SERVERS = {
  'versions in memory': async () => [await startDemo(database, '', site)],
  'versions in Redis, the edit on another server': async () => {
    const redis = await startRedis();
    return [redis, await startDemo(database, redis.url, site), await startDemo(database, redis.url, site)];
  },
};

for (const [store, start] of Object.entries(SERVERS)) {
  describe(store, () => {
    const alice = servers(start);

    test("another person's edit arrives in every tab without a request, over one stream", async (t) => {
      const { api, edit, page } = await alice(t);
      const tabs = [await page(), await page()];
      const [one, two] = tabs;
      const old = await one.get();
      await one.tab.stored();
      await two.get();
      await until('one stream', () => one.streams.begun + two.streams.begun === 1);
      const before = await api.requests();
      const version = await edit();
      for (const { tab } of tabs) await tab.knows(version);
      assert.equal(await api.requests(), before, 'no page has asked for data');
      assert.notDeepEqual(await two.get(), old, 'what was stored is not served any more');
      assert.equal(await api.requests(), before + 1);
      assert.deepEqual(tabs.map(({ streams: { begun, ended } }) => begun - ended).sort(), [0, 1]);
      for (const { tab } of tabs) tab.assertNoErrors();
    });

    test('the tab with the stream is closed: the other takes over', async (t) => {
      const { edit, page } = await alice(t);
      const [first, second] = [await page(), await page()];
      await first.get();
      await second.get();
      await until('a stream', () => first.streams.begun + second.streams.begun === 1);
      const [leader, other] = first.streams.begun ? [first, second] : [second, first];
      await leader.close();
      await until('a stream of the other tab', () => other.streams.begun === 1);
      await other.tab.knows(await edit());
      other.tab.assertNoErrors();
    });

    test('signing out ends the stream; the next user has one of their own', async (t) => {
      const { api, edit, page } = await alice(t);
      const { tab, streams, signIn, get } = await page();
      await get();
      await until('a stream', () => streams.begun === 1);
      await tab.knows(await edit());
      await signIn(null);
      await until('the end of the stream', () => streams.ended === 1);
      const bob = new Api(api.origin);
      await bob.signIn('bob');
      await signIn('bob', bob.token);
      await get();
      await until('another stream', () => streams.begun === 2);
      await until("bob's version", () => tab.version());
      await tab.run(() => void (globalThis.told.length = 0));
      await edit();
      const change = await bob.fetch('/api/demo/other-person-edits/', { method: 'POST' });
      const now = Number(change.headers.get('X-Cache-Version'));
      await tab.knows(now);
      assert.deepEqual(await tab.run(() => globalThis.told), [now], 'nothing of alice');
      tab.assertNoErrors();
    });
  });
}
