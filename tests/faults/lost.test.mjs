/** The database goes away, or is full, while it is in use. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { needs } from '../support/engine.mjs';
import { oneBrowser } from '../support/stage.mjs';

const stage = oneBrowser();

/** After whatever happened: the network's own answers, then hits again, also after a reload. */
async function worksAgain(page, server) {
  const user = server.users.get('alice');
  user.edit();
  assert.equal((await page.get('/api/after')).body.edition, user.edition);
  assert.equal((await page.get('/api/a')).body.edition, user.edition, 'nothing old');
  await page.caches('/api/a');
  await until('a hit from IndexedDB after a reload', async () => {
    await page.reload();
    await page.get('/api/a');
    return (await page.source('/api/a')) === 'indexeddb';
  });
  assert.deepEqual(await page.status(), ['ready', null]);
  page.assertNoErrors();
}

/** Resolves once the database is deleted; rejects if a connection blocks that. */
function deleteDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('hybrid-cache');
    request.onsuccess = () => resolve(true);
    request.onerror = () => reject(request.error);
  });
}

test('deleted from the console of the same page', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  await page.run(deleteDatabase);
  await worksAgain(page, server);
});

test('deleted from another tab, with both tabs using it', async (t) => {
  const { server, tab } = await stage(t);
  const one = await (await tab()).open(server, { user: 'alice' });
  const two = await (await tab()).open(server, { user: 'alice' });
  for (const page of [one, two]) {
    await page.get('/api/a');
    await page.get('/api/b');
  }
  await one.stored();
  await two.run(deleteDatabase);
  await worksAgain(one, server);
  await worksAgain(two, server);
});

test('deleted while a response is under way: it is of another incarnation and not stored (R0)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/b');
  await page.stored();
  const hold = server.hold('/api/a');
  const late = await page.begin('/api/a');
  await hold.arrived();
  await page.run(deleteDatabase);
  await page.get('/api/c');
  hold.end();
  assert.equal((await late.answer()).body.edition, 1);
  server.users.get('alice').edit();
  await page.get('/api/d');
  assert.equal((await page.get('/api/a')).body.edition, 2);
  await worksAgain(page, server);
});

test('deleted while a request is being looked up', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  for (let i = 0; i < 20; i++) await page.get(`/api/items/${i}`);
  await page.stored(20);
  await page.reload();
  const editions = await page.run(async () => {
    indexedDB.deleteDatabase('hybrid-cache');
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => globalThis.get(`/api/items/${i}`, 'alice')));
    return answers.map(({ body }) => body.edition);
  });
  assert.deepEqual(editions, Array(20).fill(1));
  await worksAgain(page, server);
});

/** As a person does it in the settings. */
const byHand = (storageTypes) => async (page, server, browser) => {
  const devtools = await browser.context.newCDPSession(page.page);
  await devtools.send('Storage.clearDataForOrigin', { origin: server.origin, storageTypes });
};

/** As `Clear-Site-Data` on a response does it. */
async function byTheServer(page, server) {
  server.alter('/clear', { status: 200, headers: { 'Clear-Site-Data': '"storage"' }, body: '' });
  await page.run(() => fetch('/clear').then((response) => response.text()));
  await until('nothing on record', async () => !(await page.rows('entries'))?.length);
}

for (const [what, asked, clear] of [
  ['indexeddb', needs('site data'), byHand('indexeddb')],
  ['all', needs('site data'), byHand('all')],
  ['storage, for the server', {}, byTheServer],
]) {
  test(`site data (${what}) cleared by the browser`, asked, async (t) => {
    const { server, browser, tab } = await stage(t);
    const one = await (await tab()).open(server, { user: 'alice' });
    const two = await (await tab()).open(server, { user: 'alice' });
    for (const page of [one, two]) {
      await page.get('/api/a');
      await page.get('/api/b');
    }
    await one.stored();
    await clear(one, server, browser);
    await worksAgain(one, server);
    await worksAgain(two, server);
  });
}

/**
 * A tab of alice whose origin may keep about `bytes`. Chromium asks for the quota seldom, so it has to be set before the
 * origin's first use of IndexedDB. Bodies of this server hardly compress.
 */
async function squeezed({ server, browser, tab }, bytes, before) {
  const page = await (await tab({ before })).open(server, undefined, '/blank.html');
  const devtools = await browser.context.newCDPSession(page.page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: bytes });
  return page.open(server, { user: 'alice' });
}

test('quota exceeded', needs('quota'), async (t) => {
  const play = await stage(t);
  const { server } = play;
  const page = await squeezed(play, 500_000);
  await page.get('/api/a');
  await page.stored();
  for (let i = 0; i < 8; i++) {
    const { status, body } = await page.get(`/api/big/${i}?size=150000`);
    assert.equal(status, 200);
    assert.equal(body.padding.length, 150_000);
  }
  const stats = await until('the refusal to be counted', async () => {
    const now = await page.stats();
    return now.engine.quota > 0 && now;
  });
  assert.ok(stats.errors > 0 || stats.evicted > 0, 'what became of it is counted, too');
  await page.assertOneWarning(/full|quota/i);
  server.users.get('alice').edit();
  assert.equal((await page.get('/api/b')).body.edition, 2);
  for (const path of ['/api/a', '/api/big/0?size=150000', '/api/big/7?size=150000']) {
    assert.equal((await page.get(path)).body.edition, 2, `nothing older at ${path}`);
  }
  await page.reload();
  assert.equal((await page.get('/api/a')).body.edition, 2, 'nor after a reload');
});

/** While `refuse` is set, whatever is put into the store of states ends in an aborted transaction, as without room. */
function refuseStates() {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    const request = put.apply(this, given);
    if (globalThis.refuse && this.name === 'state') this.transaction.abort();
    return request;
  };
}

test('a change of version that cannot be committed: nothing older is served, and it is made up for (S1a)', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab({ before: [[refuseStates]] })).open(server, { user: 'alice' });
  for (const path of ['/api/a', '/api/b']) await page.get(path);
  await page.stored(2);
  await page.run(() => void (globalThis.refuse = true));
  server.users.get('alice').edit();
  await page.get('/api/c');
  for (let i = 0; i < 3; i++) {
    for (const path of ['/api/a', '/api/b']) assert.equal((await page.get(path)).body.edition, 2);
  }
  await page.run(() => void (globalThis.refuse = false));
  await page.get('/api/d');
  const other = await (await tab()).open(server, { user: 'alice' });
  await other.knows(2);
  for (const path of ['/api/a', '/api/b']) assert.equal((await other.get(path)).body.edition, 2);
  page.assertNoErrors();
});
