/**
 * The races: what happens, in which order, and what may be answered then. Order comes from held responses; nothing
 * sleeps. `tabs`: with how many a cell can be played. The first tab acts, the others look on. `together`: two requests for
 * one URL must be under way at once, which Chromium's own HTTP cache would not let them.
 */

import assert from 'node:assert/strict';

import { until } from '../support/deadline.mjs';
import { ENGINE } from '../support/engine.mjs';
import { loseMessages, refuseWrites } from '../support/storage.mjs';

const ALL = [1, 2, 4];
const SEVERAL = [2, 4];

/** Begins a GET whose response is made now and kept back. */
async function held(game, tab, path = '/api/a', user = 'alice') {
  const hold = game.server.hold(path);
  const request = await tab.begin(path, user);
  await hold.arrived();
  return { hold, request };
}

/** The first tab learns of what happened on the server. */
async function learn(game) {
  await game.read(game.tabs[0], '/api/b');
  game.tell();
}

export const CELLS = [
  {
    name: 'bump during flight',
    tabs: ALL,
    async play(game) {
      const { hold, request } = await held(game, game.tabs[0]);
      game.bump();
      await learn(game);
      hold.end();
      await request.answer();
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'clear during flight',
    tabs: ALL,
    async play(game) {
      const [tab] = game.tabs;
      await game.read(tab, '/api/b');
      const { hold, request } = await held(game, tab);
      // Only the clearing can tell that the data changed.
      game.server.users.get('alice').edition++;
      await tab.run(() => globalThis.cache.clear());
      game.tell();
      hold.end();
      await request.answer();
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'fresh lands before old',
    tabs: ALL,
    together: true,
    async play(game) {
      const { hold, request } = await held(game, game.tabs[0]);
      game.bump();
      await learn(game);
      const fresh = await game.tabs.at(-1).begin('/api/a', 'alice');
      if (await game.bothWait(hold)) {
        hold.release(1);
        game.judge(await fresh.answer(), { least: 2 });
      }
      hold.end();
      await request.answer();
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'old lands before fresh',
    tabs: ALL,
    together: true,
    async play(game) {
      const { hold, request } = await held(game, game.tabs[0]);
      game.bump();
      await learn(game);
      const fresh = await game.tabs.at(-1).begin('/api/a', 'alice');
      await game.bothWait(hold);
      hold.release();
      await request.answer();
      hold.end();
      await fresh.answer();
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'user switch during flight',
    tabs: ALL,
    async play(game) {
      const [tab] = game.tabs;
      await game.read(tab, '/api/b');
      const { hold, request } = await held(game, tab);
      await tab.run(() => globalThis.cache.setUser('bob'));
      hold.end();
      game.judge(await request.answer());
      for (let n = 0; n < 2; n++) await game.read(tab, '/api/a', { user: 'bob' });
      await tab.run(() => globalThis.cache.setUser('alice'));
      for (let n = 0; n < 2; n++) await game.all('/api/a');
    },
  },
  {
    name: 'logout in another tab',
    tabs: SEVERAL,
    cookies: true,
    async play(game) {
      const [tab, ...others] = game.tabs;
      await game.warm('/api/a', null);
      await tab.run(async () => {
        await globalThis.cache.clear();
        globalThis.cache.setUser(null);
        document.cookie = 'user=; path=/; max-age=0';
      });
      game.tell();
      for (const other of others) await game.settles(other, '/api/a', { cookies: true, user: 'nobody', also: 401 });
      await tab.run(() => {
        document.cookie = 'user=bob; path=/';
        globalThis.cache.setUser('bob');
      });
      game.tell();
      for (const one of [tab, ...others]) await game.settles(one, '/api/a', { cookies: true, user: 'bob' });
    },
  },
  {
    name: 'reload during store',
    tabs: ALL,
    async play(game) {
      const [tab] = game.tabs;
      const path = '/api/big?size=300000';
      const whole = async (expected) => {
        const answer = await tab.get(path, 'alice');
        if (game.judge(answer, expected) === 'right' && answer.body.padding?.length !== 300_000) game.note('failed', 'half a body');
      };
      await tab.get(path, 'alice');
      await tab.reload();
      await whole();
      game.bump();
      await learn(game);
      await tab.get(path, 'alice');
      await tab.reload();
      await whole({ least: 2 });
      await game.all(path, { least: 2 });
    },
  },
  {
    name: 'write then read',
    tabs: ALL,
    async play(game) {
      await game.warm();
      await game.tabs[0].get('/api/a', 'alice', { method: 'POST' });
      game.tell();
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'POST during GET',
    tabs: ALL,
    async play(game) {
      const [tab] = game.tabs;
      await game.read(tab, '/api/b');
      const { hold, request } = await held(game, tab);
      const post = await tab.begin('/api/a', 'alice', { method: 'POST' });
      await hold.arrived(2);
      hold.release(1);
      await post.answer();
      game.tell();
      hold.end();
      await request.answer();
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'regress to 1',
    tabs: ALL,
    async play(game) {
      const alice = game.server.users.get('alice');
      alice.version = 5;
      await game.warm();
      const { hold, request } = await held(game, game.tabs[0], '/api/c');
      Object.assign(alice, { version: 1, edition: 2 });
      await learn(game);
      hold.end();
      await request.answer();
      for (const path of ['/api/a', '/api/c']) await game.all(path, { least: 2 });
    },
  },
  {
    name: 'header missing on one response',
    tabs: ALL,
    async play(game) {
      const [tab] = game.tabs;
      await game.read(tab, '/api/b');
      const back = game.server.alter('/api/a', { headers: { 'X-Cache-Version': null } });
      const { hold, request } = await held(game, tab);
      back();
      game.bump();
      await learn(game);
      hold.end();
      await request.answer();
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'two tabs storing the same key',
    tabs: SEVERAL,
    together: true,
    async play(game) {
      for (const [path, newestFirst] of [['/api/a', false], ['/api/c', true]]) {
        const hold = game.server.hold(path);
        const one = await game.tabs[0].begin(path, 'alice');
        await hold.arrived();
        game.bump();
        const two = await game.tabs[1].begin(path, 'alice');
        const least = game.server.users.get('alice').edition;
        if (await game.bothWait(hold)) {
          const [first, last] = newestFirst ? [two, one] : [one, two];
          hold.release(newestFirst ? 1 : 0);
          await first.answer();
          hold.release();
          await last.answer();
        }
        hold.end();
        for (const request of [one, two]) await request.answer();
        await game.read(game.tabs[1], path, { least });
        game.tell();
        for (const tab of game.tabs) await game.settles(tab, path, { least });
      }
    },
  },
  {
    name: 'bfcache over a bump',
    tabs: SEVERAL,
    async play(game) {
      const [tab, ...others] = game.tabs;
      await game.warm();
      const sleeper = others[0];
      const leaveAndReturn = async () => {
        await sleeper.run(() => {
          globalThis.shown = [];
          addEventListener('pageshow', ({ persisted }) => globalThis.shown.push(persisted));
        });
        await sleeper.page.goto(`${game.server.origin}/blank.html`);
        game.bump();
        await game.read(tab, '/api/b');
        game.tell();
        // It may be gone before it has answered. Chromium can be asked nothing while it navigates; Firefox's driver can, but
        // does not tell of a page that comes back.
        await sleeper.run(() => void setTimeout(() => history.back())).catch(() => {});
        if (ENGINE === 'chromium') await sleeper.page.waitForURL(({ pathname }) => pathname !== '/blank.html', { waitUntil: 'commit' });
        return until('the page to be back', () =>
          sleeper
            .run(() => location.pathname !== '/blank.html' && (globalThis.shown?.length === 0 ? undefined : (globalThis.shown ?? ['a new page'])))
            .catch(() => undefined),
        );
      };
      let shown = await leaveAndReturn();
      // A browser may have no room for a page it left; a page that is loaded anew shows nothing here.
      for (let more = 3; more && shown[0] !== true; more--) shown = await leaveAndReturn();
      assert.deepEqual(shown, [true], 'it came from the back/forward cache');
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'BroadcastChannel message lost',
    tabs: SEVERAL,
    before: [[loseMessages]],
    async play(game) {
      await game.warm();
      game.bump();
      await learn(game);
      await game.all('/api/a', { least: 2 });
    },
  },
  {
    name: 'commit of a version change failing',
    tabs: ALL,
    before: [[refuseWrites]],
    async play(game) {
      const [tab] = game.tabs;
      await game.warm();
      await game.warm('/api/c');
      await tab.run(() => void (globalThis.refuse = true));
      game.bump();
      await tab.get('/api/b', 'alice').catch((error) => game.note('failed', String(error).split('\n')[0]));
      for (let n = 0; n < 2; n++) {
        for (const path of ['/api/a', '/api/c']) await game.read(tab, path, { least: 2 });
      }
      await tab.run(() => void (globalThis.refuse = false));
      await until('a response after that', async () => (await tab.get('/api/d', 'alice')).status === 200);
      // The others learn it from a response of their own, at the latest.
      for (const one of game.tabs.slice(1)) await one.get('/api/e', 'alice');
      game.tell();
      for (const path of ['/api/a', '/api/c']) await game.all(path, { least: 2 });
    },
  },
];
