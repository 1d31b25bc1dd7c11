/** IndexedDB is not there, refuses, or does not answer: the application gets the network's answer, in time. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { oneBrowser } from '../support/stage.mjs';
import { loseStorageEvents } from '../support/storage.mjs';

const stage = oneBrowser();

/** The failure limit for one request here, ms: far above the 150 ms a lookup may cost, far below "hangs". */
const IN_TIME = 3_000;

/** Requests made at once, and again later, bring what the server has at that moment. */
async function answersInTime(page, server, path = '/api/a') {
  const user = server.users.get('alice');
  for (let i = 0; i < 2; i++) {
    const { status, body } = await page.run((p) => globalThis.get(p, 'alice'), path, IN_TIME);
    assert.equal(status, 200);
    assert.equal(body.edition, user.edition);
    user.edit();
    await page.run((p) => globalThis.get(p, 'alice'), '/api/other', IN_TIME);
  }
}

/** Makes the client and begins a request before anything of it has been loaded. */
function startAndGet(page, options = {}) {
  page.options = { user: 'alice', session: 'bearer', ...options };
  const both = ([o]) => {
    globalThis.start(o);
    return globalThis.get('/api/first', 'alice');
  };
  return page.run(both, [page.options], IN_TIME);
}

test('no IndexedDB', async (t) => {
  const { server, tab } = await stage(t);
  const none = () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
  const page = await (await tab({ before: [[none]] })).open(server);
  assert.equal((await startAndGet(page)).status, 200);
  await answersInTime(page, server);
  assert.deepEqual(await page.status(), ['unavailable', 'no-indexeddb']);
  assert.equal(await page.run(() => globalThis.cache.whenReady()), false);
  await page.assertOneWarning(/no-indexeddb/);
});

test('even looking at indexedDB is forbidden', async (t) => {
  const { server, tab } = await stage(t);
  const forbidden = () =>
    Object.defineProperty(globalThis, 'indexedDB', {
      get() {
        throw new DOMException('denied by the test', 'SecurityError');
      },
    });
  const page = await (await tab({ before: [[forbidden]] })).open(server);
  assert.equal((await startAndGet(page)).status, 200);
  await answersInTime(page, server);
  assert.deepEqual(await page.status(), ['unavailable', 'no-indexeddb']);
  await page.assertOneWarning(/no-indexeddb/);
});

const refusals = {
  'open() throws': {
    before: [
      () => {
        IDBFactory.prototype.open = () => {
          throw new DOMException('denied by the test', 'SecurityError');
        };
      },
    ],
    reason: /^memory-only: .*SecurityError/,
  },
  'open() fails: a database of a later schema is there': {
    prepare: () => new Promise((go) => (indexedDB.open('hybrid-cache', 7).onsuccess = ({ target }) => go(target.result.close()))),
    reason: /^memory-only: .*VersionError/,
  },
  'a database without our stores is there': {
    prepare: () => new Promise((go) => (indexedDB.open('hybrid-cache', 1).onsuccess = ({ target }) => go(target.result.close()))),
    reason: /^memory-only: /,
  },
  'open() never settles': {
    before: [
      () => {
        IDBFactory.prototype.open = () => new EventTarget();
      },
    ],
    reason: /^memory-only: /,
  },
};

for (const [what, { before, prepare, reason }] of Object.entries(refusals)) {
  test(what, async (t) => {
    const { server, tab } = await stage(t);
    if (prepare) await (await (await tab()).open(server, undefined, '/blank.html')).run(prepare);
    const page = await (await tab({ before: before?.map((script) => [script]) })).open(server);
    assert.equal((await startAndGet(page)).status, 200);
    await answersInTime(page, server);
    assert.equal(await page.settled(), 'ready');
    const [, said] = await page.status();
    assert.match(said, reason);
    // From memory it caches all the same, by the same rules.
    await page.caches('/api/b');
    server.users.get('alice').edit();
    await page.get('/api/c');
    assert.equal((await page.get('/api/b')).body.edition, server.users.get('alice').edition);
    await page.assertOneWarning(/memory-only|memory/i);
  });
}

test('open() waits behind a deletion that another tab blocks', async (t) => {
  const { server, tab } = await stage(t);
  const blocker = await (await tab()).open(server, undefined, '/blank.html');
  await blocker.run(
    () =>
      new Promise((go) => {
        indexedDB.open('hybrid-cache', 1).onsuccess = ({ target }) => {
          globalThis.kept = target.result;
          indexedDB.deleteDatabase('hybrid-cache').onblocked = () => go();
        };
      }),
  );
  const page = await (await tab()).open(server);
  assert.equal((await startAndGet(page)).status, 200);
  await answersInTime(page, server);
  assert.equal(await page.settled(), 'ready');
  assert.match((await page.status())[1], /^memory-only: /);
  await page.assertOneWarning();
});

test('requests to the open database are never answered', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab({ before: [[loseStorageEvents]] })).open(server, { user: 'alice', lookupTimeout: 150 });
  await page.get('/api/a');
  await page.stored();
  await page.reload();
  await page.run(() => globalThis.loseEvents());
  const { body } = await page.run((p) => globalThis.get(p, 'alice'), '/api/a', IN_TIME);
  assert.equal(body.edition, 1);
  assert.equal(server.count('/api/a'), 2, 'the network answered');
  // A response that changes the state waits for the commit, which does not come, but not for ever.
  await answersInTime(page, server, '/api/b');
  await page.run(() => Promise.race([globalThis.cache.clear(), globalThis.cache.delete('/api/')]), undefined, 15_000);
  await page.reload();
  await page.get('/api/c');
  assert.equal((await page.get('/api/a')).body.edition, server.users.get('alice').edition, 'nothing old');
  page.assertNoErrors();
});

test('another tab holds a write lock on the stores', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice', lookupTimeout: 150 });
  await page.get('/api/a');
  await page.stored();
  await page.reload();
  const other = await (await tab()).open(server, undefined, '/blank.html');
  await other.run(
    () =>
      new Promise((go) => {
        indexedDB.open('hybrid-cache').onsuccess = ({ target }) => {
          const transaction = target.result.transaction(['state', 'entries', 'directory'], 'readwrite');
          const state = transaction.objectStore('state');
          const again = () => {
            go();
            if (!globalThis.over) state.get('root').onsuccess = again;
          };
          again();
          globalThis.letGo = () => {
            globalThis.over = true;
            return new Promise((done) => (transaction.oncomplete = done));
          };
        };
      }),
  );
  const { body } = await page.run((p) => globalThis.get(p, 'alice'), '/api/a', IN_TIME);
  assert.equal(body.edition, 1);
  assert.equal(server.count('/api/a'), 2, 'the network answered');
  await answersInTime(page, server, '/api/b');
  await other.run(() => globalThis.letGo().then(() => true));
  await page.caches('/api/c');
  assert.equal((await page.get('/api/a')).body.edition, server.users.get('alice').edition, 'nothing old');
  page.assertNoErrors();
});
