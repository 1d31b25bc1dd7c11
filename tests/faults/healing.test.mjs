/** What breaks is mended: connections, full disks, other tabs' code. Every repair is counted. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { needs } from '../support/engine.mjs';
import { oneBrowser } from '../support/stage.mjs';
import { hurry, loseStorageEvents } from '../support/storage.mjs';

const stage = oneBrowser();

/** Resolves once a counter of the engine is at least so high; answers it. */
const counted = (page, name, least = 1, limit = 30_000) =>
  until(`${least} ${name}`, async () => ((await page.stats()).engine[name] >= least ? (await page.stats()).engine[name] : undefined), limit);

/** The client keeps what it is told in IndexedDB, and answers with what the server has. */
async function isWhole(page, server) {
  await until('IndexedDB to be in use', async () => {
    const [status, reason] = await page.status();
    return status === 'ready' && reason === null;
  }, 30_000);
  await until('a hit from IndexedDB after a reload', async () => {
    assert.equal((await page.get('/api/whole')).body.edition, server.users.get('alice').edition);
    await page.reload();
    await page.get('/api/whole');
    return (await page.source('/api/whole')) === 'indexeddb';
  }, 30_000);
  page.assertNoErrors();
}

test('a connection that no longer answers is given up and opened again', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab({ before: [[loseStorageEvents]] })).open(server, { user: 'alice', lookupTimeout: 150 });
  await page.get('/api/a');
  await page.stored();
  await page.run(() => globalThis.loseConnections());
  // A rule and a body are on their way into it.
  server.users.get('alice').edit();
  assert.equal((await page.get('/api/b')).body.edition, 2);
  assert.equal((await page.get('/api/a')).body.edition, 2);
  await counted(page, 'timeouts');
  assert.equal(await counted(page, 'reopened'), 1);
  await page.knows(2);
  assert.equal((await page.get('/api/a')).body.edition, 2);
  await isWhole(page, server);
});

test('lookups that a connection never answers have it opened again, too', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab({ before: [[loseStorageEvents]] })).open(server, { user: 'alice', lookupTimeout: 150 });
  await page.get('/api/a');
  await page.stored();
  await page.reload();
  await page.run(() => globalThis.loseConnections());
  assert.equal((await page.get('/api/a')).body.edition, 1);
  await counted(page, 'reopened');
  await isWhole(page, server);
});

test('a database that is lost again and again is left alone for a while', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab({ before: [[hurry]] })).open(server, { user: 'alice' });
  const other = await (await tab()).open(server, undefined, '/blank.html');
  await page.get('/api/a');
  await page.stored();
  for (let n = 1; n <= 6; n++) {
    // A deletion that comes while it is being opened is no loss.
    const lost = await until(`${n} reopened`, async () => {
      await other.run(() => new Promise((go) => (indexedDB.deleteDatabase('hybrid-cache').onsuccess = () => go(true))));
      return counted(page, 'reopened', n, 5_000).catch(() => undefined);
    }, 30_000);
    assert.equal(lost, n);
    if (n < 6) await until('it is there again', () => other.run(async () => (await indexedDB.databases()).length));
  }
  assert.equal(await counted(page, 'fallbacks'), 1);
  assert.ok((await page.events('status')).some(({ reason }) => /^memory-only: .*again and again/.test(reason)));
  assert.equal((await page.get('/api/a')).body.edition, 1);
  await isWhole(page, server);
});

test('opening takes too long: memory at first, and the database as soon as it is there', async (t) => {
  const { server, tab } = await stage(t);
  const slow = () => void (sessionStorage.slow && globalThis.loseEvents());
  const page = await (await tab({ before: [[loseStorageEvents], [hurry], [slow]] })).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  await page.run(() => void (sessionStorage.slow = 'yes'));
  await page.reload();
  assert.match((await page.status())[1], /^memory-only: .*too long/);
  await page.caches('/api/a');
  server.users.get('alice').edit();
  assert.equal((await page.get('/api/b')).body.edition, 2);
  await page.run(() => globalThis.findEvents());
  await until('IndexedDB', async () => (await page.status())[1] === null, 30_000);
  assert.equal((await page.get('/api/a')).body.edition, 2, 'nothing older out of the database');
  assert.equal((await page.stats()).engine.fallbacks, 1);
});

/** A tab of alice whose origin may keep about `bytes`; Chromium asks for the quota seldom, so it is set at once. */
async function squeezed({ server, browser, tab }, bytes) {
  const page = await (await tab({ before: [[hurry]] })).open(server, undefined, '/blank.html');
  const devtools = await browser.context.newCDPSession(page.page);
  const quota = (quotaSize) => devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize });
  await quota(bytes);
  await page.open(server, { user: 'alice' });
  return { page, quota };
}

test('a full disk: a quarter goes, what was refused is tried once more, then memory does for a while', needs('quota'), async (t) => {
  const play = await stage(t);
  const { server } = play;
  const { page, quota } = await squeezed(play, 600_000);
  for (let n = 0; n < 12; n++) {
    assert.equal((await page.get(`/api/big/${n}?size=100000`)).body.padding.length, 100_000);
    // Whatever becomes of it there, memory has it.
    assert.equal((await page.get(`/api/big/${n}?size=100000`)).body.edition, 1);
  }
  await counted(page, 'quota');
  await until('room to be made, or memory', async () => {
    const { evicted, fallbacks } = (await page.stats()).engine;
    return evicted + fallbacks > 0;
  });
  await page.caches('/api/small');
  server.users.get('alice').edit();
  assert.equal((await page.get('/api/new')).body.edition, 2);
  for (const path of ['/api/small', '/api/big/11?size=100000']) assert.equal((await page.get(path)).body.edition, 2, path);
  await quota(100_000_000);
  await isWhole(page, server);
});

test('nothing at all can be written: memory, and IndexedDB again when it can', async (t) => {
  const { server, tab } = await stage(t);
  const refuse = () => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
      if (globalThis.refuse) throw new DOMException('no room, says the test', 'QuotaExceededError');
      return put.apply(this, given);
    };
  };
  const page = await (await tab({ before: [[refuse], [hurry]] })).open(server, { user: 'alice' });
  for (const path of ['/api/a', '/api/b']) await page.get(path);
  await page.stored(2);
  await page.run(() => void (globalThis.refuse = true));
  server.users.get('alice').edit();
  assert.equal((await page.get('/api/c')).body.edition, 2);
  await counted(page, 'fallbacks');
  for (const path of ['/api/a', '/api/b']) assert.equal((await page.get(path)).body.edition, 2, path);
  await page.caches('/api/a');
  server.users.get('alice').edit();
  assert.equal((await page.get('/api/c')).body.edition, 3);
  await page.run(() => void (globalThis.refuse = false));
  await isWhole(page, server);
  for (const path of ['/api/a', '/api/b']) assert.equal((await page.get(path)).body.edition, 3, path);
});

/** Opens or deletes the database in this page; what happened, in order. */
const asNewerCode = (what) =>
  new Promise((go) => {
    const seen = [];
    const request = what === 'delete' ? indexedDB.deleteDatabase('hybrid-cache') : indexedDB.open('hybrid-cache', 2);
    request.onblocked = () => seen.push('blocked');
    request.onupgradeneeded = () => seen.push('upgrade');
    request.onsuccess = () => {
      request.result?.close();
      go([...seen, 'success']);
    };
    request.onerror = () => go([...seen, String(request.error)]);
  });

test('a tab never blocks a deletion or an upgrade in another', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  const other = await (await tab()).open(server, undefined, '/blank.html');
  await page.get('/api/a');
  await page.stored();
  assert.deepEqual(await other.run(asNewerCode, 'delete'), ['success']);
  assert.equal(await counted(page, 'reopened'), 1);
  await page.caches('/api/a');
  assert.deepEqual(await other.run(asNewerCode, 'upgrade'), ['upgrade', 'success']);
  await counted(page, 'fallbacks');
  // A schema this code does not know: it leaves it alone and does without.
  server.users.get('alice').edit();
  assert.equal((await page.get('/api/b')).body.edition, 2);
  assert.equal((await page.get('/api/a')).body.edition, 2);
  await page.caches('/api/a');
  assert.equal(await other.run(async () => (await indexedDB.databases())[0].version), 2);
  page.assertNoErrors();
});

test('newer code in another tab writes records of a format this code does not know', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab({ before: [[hurry]] })).open(server, { user: 'alice' });
  const other = await (await tab()).open(server, undefined, '/blank.html');
  for (const path of ['/api/a', '/api/b']) await page.get(path);
  await page.stored(2);
  await other.run(
    () =>
      new Promise((go) => {
        indexedDB.open('hybrid-cache').onsuccess = ({ target }) => {
          const database = target.result;
          const transaction = database.transaction(['state', 'entries', 'directory'], 'readwrite');
          for (const name of ['state', 'entries', 'directory']) {
            transaction.objectStore(name).openCursor().onsuccess = ({ target: { result: cursor } }) => {
              if (!cursor) return;
              cursor.update({ format: 2, written: 'by newer code' });
              cursor.continue();
            };
          }
          transaction.oncomplete = () => go(database.close());
        };
      }),
  );
  server.users.get('alice').edit();
  assert.equal((await page.get('/api/c')).body.edition, 2);
  for (const path of ['/api/a', '/api/b']) assert.equal((await page.get(path)).body.edition, 2, path);
  await until('a hit', async () => {
    assert.equal((await page.get('/api/a')).body.edition, 2);
    return (await page.source('/api/a')) !== 'network';
  }, 30_000);
  page.assertNoErrors();
});
