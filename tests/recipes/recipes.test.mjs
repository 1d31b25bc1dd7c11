/** The recipes of docs/recipes.md, word for word. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { openBrowser } from '../support/browser.mjs';
import { until, within } from '../support/deadline.mjs';
import { startServer } from '../support/server.mjs';
import { bundled, files } from './bundle.mjs';

let site;
let browser;

before(async () => {
  site = await bundled();
  browser = await openBrowser();
}, { timeout: 300_000 });
after(() => browser?.close());

// news.js against the demo's servers, in tests/e2e.
test('every block of code in the document is a file that is tested', () => {
  assert.deepEqual(files().map(([name]) => name), ['cache.js', 'api.js', 'http.js', 'queries.js', 'news.js', 'sw.js', 'worker.js']);
});

/** A page with the recipes, and alice signed in: `{ server, tab, open }`. */
async function page(t) {
  const server = await startServer({ files: { '/': site } });
  const tab = await browser.tab();
  t.after(async () => {
    await tab.close();
    await server.close();
  });
  const open = async () => {
    await tab.page.goto(`${server.origin}/page.html`);
    await tab.page.waitForFunction(() => globalThis.loaded);
    assert.equal(await tab.run(() => globalThis.cache.whenReady()), true, JSON.stringify(tab.console));
  };
  await tab.page.addInitScript(() => {
    if (!sessionStorage.getItem('begun')) sessionStorage.setItem('user', 'alice');
    sessionStorage.setItem('begun', 'true');
  });
  await open();
  return { server, tab, open };
}

/** How a recipe reads and writes JSON; each is run in the page. */
const CALLERS = {
  fetch: {
    get: (path) => globalThis.api(path).then((response) => response.json()),
    post: (path) => globalThis.api(path, { method: 'POST', body: '{}' }).then(({ status }) => status),
  },
  axios: {
    get: (path) => globalThis.http.get(path).then(({ data }) => data),
    post: (path) => globalThis.http.post(path, {}).then(({ status }) => status),
  },
  'TanStack Query': {
    get: (path) => globalThis.queries.fetchQuery({ queryKey: [path] }),
    post: (path) => globalThis.api(path, { method: 'POST', body: '{}' }).then(({ status }) => status),
  },
};

for (const [name, { get, post }] of Object.entries(CALLERS)) {
  test(`${name}: the network, the cache, after a reload IndexedDB, and nothing older`, async (t) => {
    const { server, tab, open } = await page(t);
    const first = await tab.run(get, '/api/a');
    assert.deepEqual([first.user, first.edition], ['alice', 1]);
    await tab.stored();
    assert.deepEqual(await tab.run(get, '/api/a'), first);
    assert.equal(server.count('/api/a'), 1, 'the second from the cache');
    await open();
    assert.deepEqual(await tab.run(get, '/api/a'), first);
    assert.equal(server.count('/api/a'), 1, 'after a reload from IndexedDB');
    server.users.get('alice').edit();
    await tab.run(get, '/api/b');
    assert.equal((await tab.run(get, '/api/a')).edition, 2, 'not after somebody else has edited');
    assert.equal(await tab.run(post, '/api/b'), 200);
    assert.equal((await tab.run(get, '/api/a')).edition, 3, 'nor after a write');
    await tab.run(() => (globalThis.session.user = 'bob'));
    assert.equal((await tab.run(get, '/api/a')).user, 'bob');
    assert.deepEqual(tab.complaints(), []);
    tab.assertNoErrors();
  });
}

describe('axios', () => {
  test('errors and cancelling are its own, and the answer says what the cache did', async (t) => {
    const { server, tab } = await page(t);
    server.alter('/api/broken', { status: 500, body: '{"error":"broken"}' });
    const failure = await tab.run(() =>
      globalThis.http.get('/api/broken').catch(({ name, code, response: { status, data } }) => ({ name, code, status, data })),
    );
    assert.deepEqual(failure, { name: 'AxiosError', code: 'ERR_BAD_RESPONSE', status: 500, data: { error: 'broken' } });
    const held = server.hold('/api/slow');
    const cancelled = tab.run(() => {
      const giveUp = new AbortController();
      globalThis.giveUp = giveUp;
      return globalThis.http.get('/api/slow', { signal: giveUp.signal }).catch(({ name, code }) => [name, code]);
    });
    await held.arrived();
    await tab.run(() => globalThis.giveUp.abort());
    assert.deepEqual(await cancelled, ['CanceledError', 'ERR_CANCELED']);
    const said = () => tab.run(() => globalThis.http.get('/api/a').then(({ headers }) => headers['cache-status']));
    assert.match(await said(), /^hybrid-cache; fwd=/);
    await tab.stored();
    assert.match(await said(), /^hybrid-cache; hit/);
  });
});

describe('TanStack Query', () => {
  const shows = (tab, edition) => until(`edition ${edition} on screen`, async () => (await tab.run(() => globalThis.shown['/api/a']?.edition)) === edition);

  test('what is on screen follows the version', async (t) => {
    const { server, tab } = await page(t);
    await tab.run(() => void (globalThis.leave = globalThis.observe('/api/a')));
    await shows(tab, 1);
    await tab.stored();
    await tab.run(() => (globalThis.leave(), void globalThis.observe('/api/a')));
    await until('an answer of the cache', async () => (await tab.stats()).hits === 1);
    assert.equal(server.count('/api/a'), 1, 'mounted again: asked, and answered by the cache');
    server.users.get('alice').edit();
    await tab.run(() => globalThis.api('/api/b'));
    await shows(tab, 2);
    assert.equal(server.count('/api/a'), 2);
    await tab.run(() => globalThis.api('/api/b', { method: 'POST' }));
    await shows(tab, 3);
    const clear = server.hold('/api/a');
    await tab.run(() => void globalThis.cache.clear());
    await clear.arrived();
    clear.end();
    await until('a quiet page', () => tab.run(() => globalThis.queries.isFetching() === 0));
  });

  test('an answer that was on its way when the version changed does not stay', async (t) => {
    const { server, tab } = await page(t);
    await tab.run(() => globalThis.api('/api/b'));
    await tab.knows(1);
    const held = server.hold('/api/a');
    await tab.run(() => void globalThis.observe('/api/a'));
    await held.arrived();
    server.users.get('alice').edit();
    await tab.run(() => globalThis.api('/api/c'));
    await tab.knows(2);
    held.end();
    await shows(tab, 2);
    await until('a quiet page', () => tab.run(() => globalThis.queries.isFetching() === 0));
    assert.equal((await tab.run(() => globalThis.shown['/api/a'])).edition, 2);
  });

  test('a server whose version changes with every answer is not asked without end', async (t) => {
    const { server, tab } = await page(t);
    await tab.run(() => globalThis.api('/api/b'));
    await tab.knows(1);
    const held = server.hold('/api/a');
    const asked = tab.run(() => globalThis.queries.fetchQuery({ queryKey: ['/api/a'] }));
    for (let time = 1; time <= 3; time++) {
      await held.arrived();
      server.users.get('alice').edit();
      await tab.run((n) => globalThis.api(`/api/c?n=${n}`), time);
      await tab.knows(time + 1);
      held.release();
    }
    assert.equal((await asked).user, 'alice');
    assert.equal(server.count('/api/a'), 3);
  });

  test('another user finds nothing of the one before', async (t) => {
    const { tab } = await page(t);
    const kept = () => tab.run(() => globalThis.queries.getQueryData(['/api/a'])?.user);
    await tab.run(() => globalThis.queries.fetchQuery({ queryKey: ['/api/a'] }));
    assert.equal(await kept(), 'alice');
    await tab.run(() => (globalThis.session.user = 'bob'));
    assert.equal(await kept(), undefined);
  });
});

/** A server, and pages of it with somebody signed in: `{ server, page(user) }`. */
async function workers(t) {
  const server = await startServer({ files: { '/': site } });
  const tabs = [];
  t.after(async () => {
    for (const tab of tabs) await tab.close();
    await server.close();
  });
  const page = async (user) => {
    const tab = await browser.tab();
    tabs.push(tab);
    await tab.page.addInitScript((name) => sessionStorage.setItem('user', name), user);
    const open = async () => {
      await tab.page.goto(`${server.origin}/worker-page.html`);
      await tab.page.waitForFunction(() => globalThis.loaded);
      await tab.page.waitForFunction(() => navigator.serviceWorker.controller);
    };
    await open();
    return { tab, open, get: (path) => tab.run((p) => globalThis.get(p), path) };
  };
  return { server, page };
}

/**
 * Asks until the cache answers: loading it in the worker holds up nothing. What the network answers meanwhile is stored,
 * also after the first hit; so whoever looks for one stored answer waits by another address.
 */
const cached = (get, path) => until(`${path} from the cache`, async () => {
  const answer = await get(path);
  return /^hybrid-cache; hit/.test(answer.said) && answer;
});

/** What the worker has stored is written a little later. */
const inDatabase = (tab, path) =>
  until(`${path} in the database`, async () => (await tab.rows('entries')).some(([, { url }]) => url.endsWith(path)));

describe('service worker', () => {
  test("the browser's own requests: the network, the cache, and nothing older", async (t) => {
    const { server, page } = await workers(t);
    const { tab, open, get } = await page('alice');
    await cached(get, '/api/warm');
    const { body } = await get('/api/a');
    assert.equal(body.user, 'alice');
    await inDatabase(tab, '/api/a');
    const seen = server.count('/api/a');
    await open();
    assert.deepEqual((await get('/api/a')).body, body);
    assert.equal(server.count('/api/a'), seen, 'after a reload');
    server.users.get('alice').edit();
    await get('/api/b');
    assert.equal((await get('/api/a')).body.edition, 2);
    await tab.run(() => fetch('/api/b', { method: 'POST', headers: { Authorization: 'Bearer alice' } }));
    assert.equal((await get('/api/a')).body.edition, 3);
    tab.assertNoErrors();
  });

  test('two pages, two users, one worker: each is answered with its own', async (t) => {
    const { server, page } = await workers(t);
    const [alice, bob] = [await page('alice'), await page('bob')];
    for (const [who, { get }] of Object.entries({ alice, bob })) assert.equal((await cached(get, '/api/a')).body.user, who);
    assert.deepEqual([(await alice.get('/api/a')).body.user, (await bob.get('/api/a')).body.user], ['alice', 'bob']);
    const seen = server.count('/api/a');
    await alice.tab.run(() => globalThis.tellWorker(null));
    const { said, body } = await alice.get('/api/a');
    assert.deepEqual([said, body.user, server.count('/api/a')], [null, 'alice', seen + 1], 'nobody is named: the network');
    assert.equal((await bob.get('/api/a')).body.user, 'bob');
    assert.equal(server.count('/api/a'), seen + 1);
  });

  test('a worker that was ended asks who is signed in, and serves what it stored', async (t) => {
    const { server, page } = await workers(t);
    const { tab, get } = await page('alice');
    await cached(get, '/api/warm');
    const { body } = await get('/api/a');
    await inDatabase(tab, '/api/a');
    const devtools = await browser.context.newCDPSession(tab.page);
    const isEnded = ({ scriptURL, runningStatus }) => scriptURL.startsWith(server.origin) && runningStatus === 'stopped';
    const ended = new Promise((resolve) => devtools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => versions.some(isEnded) && resolve()));
    await devtools.send('ServiceWorker.enable');
    await devtools.send('ServiceWorker.stopAllWorkers');
    await within(ended, 'the end of the worker');
    await cached(get, '/api/b');
    const seen = server.count('/api/a');
    assert.equal((await get('/api/a')).body.serial, body.serial, 'stored before it was ended');
    assert.equal(server.count('/api/a'), seen);
    tab.assertNoErrors();
  });
});
