/** `<hybrid-cache-panel>` in a real browser, beside a real client and a real database. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { oneBrowser } from '../support/stage.mjs';
import { Looker } from './looker.mjs';

const stage = oneBrowser();

/** A page where alice is named, and a panel. */
async function looker(t, attributes) {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  return { server, page, look: await new Looker(page).show(attributes) };
}

test('requests are told: badge, sums, timeline, latencies', async (t) => {
  const { page, look } = await looker(t);
  await page.get('/api/a');
  await page.stored();
  await page.get('/api/a');
  await until('two lines', async () => (await look.outcomes()).length === 2);
  assert.deepEqual(await look.outcomes(), ['hit', 'miss']);
  assert.deepEqual(await look.counted(), { cache: 1, network: 1 });
  assert.match(await look.part('state').innerText(), /ready[^]*Version 1[^]*50 %/);
  assert.match(await look.part('latency').locator('svg title').textContent(), /cache: 1 answers.*network: 1 answers/);
  await page.get('/api/edit', 'alice', { method: 'POST' });
  await until('version 2', async () => (await look.part('version').getAttribute('data-version')) === '2');
  assert.match(await look.part('lines').innerText(), /Version 2/);
  page.assertQuiet();
});

test('a hit that had to wait for the cache to load is shown, and not counted as what a hit costs', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.get('/api/a');
  await page.stored();
  await page.page.reload();
  await page.page.waitForFunction(() => globalThis.loaded);
  await page.run((options) => globalThis.start({ ...options, user: null }), page.options);
  const look = await new Looker(page).show();
  const first = page.run(() => {
    globalThis.cache.setUser('alice');
    return globalThis.get('/api/a', 'alice');
  });
  await first;
  assert.equal(await page.source('/api/a'), 'indexeddb');
  await look.part('loading').getByText('Not counted').waitFor();
  assert.deepEqual(await look.counted(), { cache: 0, network: 0 });
  assert.match(await look.part('lines').innerText(), /loading the cache included/);
  await page.get('/api/a');
  await until('the second to count', async () => (await look.counted()).cache === 1);
});

test('entries: found by search, explained, deleted one by one, cleared', async (t) => {
  const { server, page, look } = await looker(t);
  for (const path of ['/api/a', '/api/a/b', '/api/c?q=<b>']) await page.get(path);
  await page.stored(3);
  assert.ok((await look.entries(3)).includes('/api/c?q=%3Cb%3E fetch'));
  await look.button('Explain /api/a').click();
  await look.part('entries').getByText('Served: fresh').waitFor();
  assert.equal(await look.button('Explain /api/a').getAttribute('aria-expanded'), 'true');
  await look.button('Delete /api/a').click();
  await look.entries(2);
  await look.panel.getByRole('searchbox').fill('/B');
  await look.panel.getByText('1 of 2 entries').waitFor();
  assert.equal(server.count('/api/a/b'), 1);
  await page.get('/api/a/b');
  assert.equal(server.count('/api/a/b'), 1, 'what only begins alike is still there');
  await look.button('Clear all').click();
  await look.entries(0);
  assert.equal((await page.get('/api/a/b')).body.serial, 4, 'from the server again');
});

test('the table is sorted by what is asked for, and says so', async (t) => {
  const { page, look } = await looker(t);
  for (const path of ['/api/b?size=10', '/api/c?size=9000', '/api/a?size=2000']) await page.get(path);
  await page.stored(3);
  await look.entries(3);
  const order = async (column) => {
    await look.button(column).click();
    return (await look.entries(3)).map((text) => text[5]).join('');
  };
  assert.equal(await order('size'), 'cab');
  assert.equal(await look.panel.getByRole('columnheader', { name: 'size' }).getAttribute('aria-sort'), 'descending');
  assert.equal(await order('url'), 'abc');
});

test('simulated: offline fails past the cache, disabled passes it by; both end with the panel', async (t) => {
  const { server, page, look } = await looker(t);
  await page.get('/api/a');
  await page.stored();
  await look.button('Offline').click();
  assert.equal((await page.get('/api/a')).body.serial, 1, 'what is kept is served');
  await assert.rejects(page.get('/api/b'), /offline, simulated/);
  const xhr = () => page.run(() => new Promise((end) => {
    const request = new XMLHttpRequest();
    request.open('GET', '/api/b');
    request.onloadend = () => end(request.status);
    request.send();
  }));
  assert.equal(await xhr(), 0);
  assert.equal(server.count('/api/b'), 0);
  await look.button('Offline').click();
  assert.equal(await xhr(), 401, 'the server answers');

  await look.button('Cache disabled').click();
  await page.get('/api/a');
  assert.equal(await page.source('/api/a'), 'network');
  await look.part('state').getByText('bypassed').waitFor();
  await look.button(/Slow/).click();
  assert.equal(await look.button(/Slow/).getAttribute('aria-pressed'), 'true');
  const restored = await page.run(() => {
    document.querySelector('hybrid-cache-panel').remove();
    return [globalThis.cache.bypass, String(fetch).includes('native code'), String(XMLHttpRequest.prototype.send).includes('native code')];
  });
  assert.deepEqual(restored, [false, true, true]);
});

test('slow: a request departs later, and one that is given up meanwhile never does', async (t) => {
  const { server, page, look } = await looker(t);
  await look.button(/Slow/).click();
  const name = await page.run(async () => {
    const over = new AbortController();
    const answer = fetch('/api/slow', { signal: over.signal });
    const request = new XMLHttpRequest();
    request.open('GET', '/api/slow');
    request.send();
    request.abort();
    over.abort();
    return answer.catch((error) => error.name);
  });
  assert.equal(name, 'AbortError');
  assert.equal((await page.get('/api/later')).status, 200);
  assert.equal(server.count('/api/slow'), 0);
});

test('User Timing: a measure for every request, none left in the page’s buffer', async (t) => {
  const { page } = await looker(t);
  await page.run(() => {
    globalThis.measured = [];
    new PerformanceObserver((list) => globalThis.measured.push(...list.getEntries().map(({ name, detail, duration }) => ({ name, track: detail.devtools.track, duration })))).observe({ type: 'measure' });
  });
  await page.get('/api/a?secret=1');
  await page.stored();
  await page.get('/api/a?secret=1');
  const measured = await until('two measures', () => page.run(() => globalThis.measured.length >= 2 && globalThis.measured));
  assert.deepEqual(measured.map(({ name }) => name), ['hybrid-cache: miss /api/a', 'hybrid-cache: hit /api/a']);
  // Where clocks are coarse on purpose, a hit takes no time.
  assert.ok(measured.every(({ track, duration }) => track === 'hybrid-cache' && duration >= 0));
  assert.equal(await page.run(() => performance.getEntriesByType('measure').length), 0);
});

test('an element that was there before its definition takes the client it was given', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.run(() => {
    const early = document.body.appendChild(document.createElement('hybrid-cache-panel'));
    Object.assign(early, { client: globalThis.cache, filter: ({ url }) => !url?.endsWith('/own') });
    return import('/package/dist/devtools/index.js').then(() => {});
  });
  const look = new Looker(page);
  for (const path of ['/api/a', '/api/own']) await page.get(path);
  await until('its line', async () => (await look.outcomes()).length > 0);
  await page.get('/api/b');
  await until('another', async () => (await look.outcomes()).length > 1);
  assert.deepEqual(await look.outcomes(), ['miss', 'miss'], 'what the filter leaves out is not there');
});

test('only the sections asked for, under a policy that allows no inline style', async (t) => {
  const { server, tab } = await stage(t);
  server.fileHeaders = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
  const page = await (await tab()).open(server, { user: 'alice' });
  const look = await new Looker(page).show({ sections: 'simulate state nonsense', theme: 'dark' });
  assert.deepEqual(await look.panel.locator('section').evaluateAll((all) => all.map((section) => section.getAttribute('part'))), ['simulate', 'state']);
  assert.equal(await look.panel.evaluate((panel) => getComputedStyle(panel).backgroundColor), 'rgb(29, 32, 38)');
  await page.get('/api/a');
  await until('the sums', async () => /Requests saved/.test(await look.part('state').innerText()));
  assert.deepEqual(page.complaints(), []);
});
