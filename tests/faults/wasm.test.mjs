/** WebAssembly is missing, forbidden, not where it should be, or breaks down. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { trap, trappingGlue } from '../support/glue.mjs';
import { ROOT } from '../support/paths.mjs';
import { oneBrowser } from '../support/stage.mjs';
import { loseStorageEvents } from '../support/storage.mjs';

const stage = oneBrowser();

const GLUE = '/package/pkg/hybrid_cache.js';
const WASM = '/package/pkg/hybrid_cache_bg.wasm';

/** Every request brings what the server has now, and the client says why it does nothing. */
async function passesThrough(page, server, reason, warnings = 1) {
  assert.equal(await page.settled(), 'unavailable');
  const user = server.users.get('alice');
  const labels = [];
  for (let i = 0; i < 3; i++) {
    user.edit();
    const { body, headers } = await page.get('/api/a');
    assert.equal(body.edition, user.edition);
    labels.push(headers['cache-status']);
  }
  const [status, said] = await page.status();
  // What broke says so on every response; where there is nothing to run on, they are left as they came.
  const word = /^(csp|wasm|panic)/.exec(said)?.[0];
  assert.deepEqual(labels, Array(3).fill(word && `hybrid-cache; fwd=bypass; detail=${word}`));
  assert.equal(status, 'unavailable');
  assert.match(said, reason);
  assert.equal(await page.run(() => globalThis.cache.whenReady()), false);
  await page.run(() => globalThis.cache.clear());
  assert.equal(await page.run(() => globalThis.cache.delete('/api/')), 0);
  assert.equal(await page.version(), null);
  await page.assertWarnings(warnings);
}

/** The client is in action, and does cache. */
async function caches(page, server) {
  assert.equal(await page.settled(), 'ready');
  await page.get('/api/a');
  await page.stored();
  await page.get('/api/a');
  assert.equal(server.count('/api/a'), 1);
}

test('no WebAssembly', async (t) => {
  const { server, tab } = await stage(t);
  const none = () => delete globalThis.WebAssembly;
  const page = await (await tab({ before: [[none]] })).open(server, { user: 'alice' });
  await passesThrough(page, server, /^no-webassembly$/);
});

test("a Content Security Policy without 'wasm-unsafe-eval'", async (t) => {
  const { server, tab } = await stage(t);
  server.fileHeaders['Content-Security-Policy'] = "default-src 'self'; script-src 'self'";
  const page = await (await tab()).open(server, { user: 'alice' });
  await passesThrough(page, server, /^csp$/);
});

test("a Content Security Policy with 'wasm-unsafe-eval' is enough", async (t) => {
  const { server, tab } = await stage(t);
  server.fileHeaders['Content-Security-Policy'] = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
  const page = await (await tab()).open(server, { user: 'alice' });
  await caches(page, server);
  page.assertQuiet();
});

test('wasmUrl is used where it serves WebAssembly', async (t) => {
  const { server, tab } = await stage(t);
  const page = await tab();
  await page.open(server, { user: 'alice', wasmUrl: WASM });
  await caches(page, server);
  const asked = await page.run(() => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname));
  assert.ok(asked.includes(WASM));
  assert.ok(!asked.some((path) => path.endsWith('/inline.js')), 'the copy inside the package was not loaded');
  page.assertQuiet();
});

const ELSEWHERE = {
  'is missing': { status: 404, headers: { 'Content-Type': 'text/plain' }, body: 'not found' },
  'is a page': { headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><title>the application</title>' },
  'is a page that calls itself WebAssembly': { body: '<!doctype html><title>the application</title>' },
  'is the file under a wrong type': { headers: { 'Content-Type': 'application/octet-stream' } },
  'is half of the file': { half: true },
  'is empty': { body: '' },
};

for (const [what, { half, ...change }] of Object.entries(ELSEWHERE)) {
  test(`wasmUrl ${what}: the copy inside the package does it`, async (t) => {
    const { server, tab } = await stage(t);
    if (half) {
      const file = await readFile(join(ROOT, 'pkg/hybrid_cache_bg.wasm'));
      change.body = file.subarray(0, file.length >> 1);
    }
    server.alter(WASM, change);
    const page = await (await tab()).open(server, { user: 'alice', wasmUrl: WASM });
    await caches(page, server);
    page.assertNoErrors();
  });
}

test('wasmUrl on a host that does not answer: the copy inside the package does it', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice', wasmUrl: 'http://127.0.0.1:1/x.wasm' });
  await caches(page, server);
});

for (const [what, path] of [
  ['the copy inside the package', '/package/dist/wasm/inline.js'],
  ['the generated module beside it', GLUE],
]) {
  test(`${what} is missing`, async (t) => {
    const { server, tab } = await stage(t);
    server.alter(path, { status: 404, headers: { 'Content-Type': 'text/plain' }, body: 'not found' });
    const page = await (await tab()).open(server, { user: 'alice' });
    await passesThrough(page, server, /^wasm: /);
  });
}

test('while the wasm file hangs, requests are answered; with nobody signed in nothing is loaded', async (t) => {
  const { server, tab } = await stage(t);
  const hold = server.hold(WASM);
  const page = await (await tab()).open(server);
  await page.start({ user: null, wasmUrl: WASM, lookupTimeout: 150 });
  await page.get('/api/a', 'alice');
  assert.deepEqual(await page.status(), ['idle', null]);
  assert.deepEqual(hold.waiting, [], 'idle');
  await page.run(() => globalThis.cache.setUser('alice'));
  await hold.arrived();
  for (let i = 0; i < 2; i++) assert.equal((await page.run(() => globalThis.get('/api/a', 'alice'), undefined, 3_000)).status, 200);
  assert.equal((await page.status())[0], 'loading');
  hold.end();
  await page.settled();
  page.options.user = 'alice';
  await page.caches('/api/b');
  page.assertQuiet();
});

const trapNow = (page) => page.run(trap);

/** The engine that took the trapped one's place knows nothing older than the server, and caches. */
async function goesOn(page, server) {
  await until('the engine to be replaced', async () => (await page.stats()).engine.restarts === 1);
  for (const path of ['/api/a', '/api/again']) {
    assert.equal((await page.get(path)).body.edition, server.users.get('alice').edition, path);
  }
  await page.caches('/api/again');
  assert.deepEqual(await page.status(), ['ready', null]);
  assert.ok((await page.events('error')).some(({ reason }) => reason.startsWith('panic: ')), 'and it was told');
}

test('the engine traps between requests, and again', async (t) => {
  const { server, tab } = await stage(t);
  trappingGlue(server);
  const page = await (await tab()).open(server, { user: 'alice' });
  await caches(page, server);
  await trapNow(page);
  await goesOn(page, server);
  await trapNow(page);
  await passesThrough(page, server, /^panic: /, 2);
});

test('a version change that was not yet committed when the engine trapped is not forgotten (S1a)', async (t) => {
  const { server, tab } = await stage(t);
  trappingGlue(server);
  const page = await (await tab()).open(server, { user: 'alice' });
  await caches(page, server);
  server.users.get('alice').edit();
  // The transaction of the rule has its answers, and the engine breaks down over them.
  await page.run(() => globalThis.trapIn('answered'));
  assert.equal((await page.get('/api/b')).body.edition, 2);
  await goesOn(page, server);
});

for (const name of ['lookup', 'depart', 'observe', 'admit', 'counters', 'echo', 'name_user', 'wake', 'heard', 'open', 'partition', 'found', 'answered', 'ended', 'opened']) {
  test(`the engine traps in ${name}(): replaced once, then every request passes`, async (t) => {
    const { server, tab } = await stage(t);
    trappingGlue(server);
    const early = ['open', 'partition', 'name_user', 'opened'].includes(name);
    const page = await (await tab()).open(server);
    const cue = () => page.run((n) => import('/package/pkg/hybrid_cache.js').then(() => globalThis.trapIn(n)), name);
    if (early) await cue();
    await page.start({ user: 'alice' });
    if (!early) {
      await caches(page, server);
      await cue();
    }
    const provoke = async () => {
      server.users.get('alice').edit();
      // One request of each kind, begun together: one of them meets the trap.
      const answers = await page.run(() =>
        Promise.all([
          globalThis.get('/api/a', 'alice'),
          globalThis.get('/api/new', 'alice'),
          globalThis.get('/api/new', 'alice'),
          globalThis.get('/api/post', 'alice', { method: 'POST' }),
          globalThis.get('/api/reload', 'alice', { headers: { 'Cache-Control': 'no-cache' } }),
        ]),
      );
      for (const { status } of answers) assert.equal(status, 200);
      if (name === 'counters') await page.stats();
      if (name === 'heard') {
        const other = await (await tab()).open(server, { user: 'alice' });
        server.users.get('alice').edit();
        await other.get('/api/elsewhere');
      }
      if (name === 'wake') await page.run(() => void globalThis.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    };
    await provoke();
    await goesOn(page, server);
    if (early) await trapNow(page);
    else {
      await cue();
      await provoke();
    }
    await page.page.waitForFunction(() => globalThis.cache.status === 'unavailable');
    await passesThrough(page, server, /^panic: /, 2);
  });
}

test('requests that wait for IndexedDB when the engine traps are answered by the network', async (t) => {
  const { server, tab } = await stage(t);
  trappingGlue(server);
  // A lookup that would wait for long: only the trap can end it in time.
  const page = await (await tab({ before: [[loseStorageEvents]] })).open(server, { user: 'alice', lookupTimeout: 60_000 });
  await page.get('/api/a');
  await page.stored();
  await page.reload();
  await page.run(() => globalThis.loseEvents());
  const waiting = [await page.begin('/api/a'), await page.begin('/api/b')];
  assert.equal(server.count('/api/a'), 1, 'it is being looked up');
  await trapNow(page);
  for (const request of waiting) assert.equal((await request.answer()).status, 200);
  assert.equal(server.count('/api/a'), 2);
  await trapNow(page);
  await passesThrough(page, server, /^panic: /, 2);
});
