/** What the demo's panel shows and offers, clicked through: the ten points of `angular-demo/README.md`. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser } from '../support/browser.mjs';
import { until } from '../support/deadline.mjs';
import { Tab } from '../support/tab.mjs';
import { Desk } from './desk.mjs';
import { Api, databaseFile, startDemo } from './services.mjs';

let demo;
let browser;
before(async () => {
  demo = await startDemo(databaseFile());
  browser = await openBrowser({ flags: ['--window-size=1400,1000'] });
}, { timeout: 180_000 });
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** A desk where alice has signed in, with nothing kept, and the API as the same user. */
async function alice(t) {
  const api = new Api(demo.origin);
  await api.signIn('alice');
  const desk = new Desk(await browser.tab());
  t.after(() => desk.tab.close());
  await desk.open(demo.origin);
  await desk.page.evaluate(() => new Promise((go) => (indexedDB.deleteDatabase('hybrid-cache').onsuccess = go)).then(() => true));
  await desk.signIn('alice');
  return { desk, api };
}

const shows = (desk, name, words) => until(`${name} to say ${words}`, async () => words.test(await desk.element(name).textContent()));

test('1: status, version, hit ratio, saved requests and kilobytes', async (t) => {
  const { desk } = await alice(t);
  assert.equal(await desk.attribute('cache-status', 'data-status'), 'ready');
  assert.equal(Number(await desk.attribute('saved-bytes', 'data-bytes')), 0);
  await desk.ask();
  await until('a saved request', async () => (await desk.attribute('saved-requests', 'data-count')) === '1');
  const ratio = await desk.page.evaluate(() => {
    const { hits, misses } = globalThis.hybridCache.stats();
    return hits / (hits + misses);
  });
  assert.equal(Number(await desk.attribute('hit-ratio', 'data-ratio')), ratio);
  assert.ok(ratio > 0 && ratio < 1);
  assert.ok(Number(await desk.attribute('saved-bytes', 'data-bytes')) > 1_000);
  const version = await desk.version();
  await desk.click('raise-version');
  await until('a higher version on the badge', async () => (await desk.version()) > version);
});

test('2, 3: timeline and latencies; the network is as slow as the slider says', async (t) => {
  const { desk, api } = await alice(t);
  const devtools = desk.page.locator('hybrid-cache-panel');
  await devtools.locator('[part="latency"] svg').waitFor();
  assert.equal(await desk.element('delay-shown').textContent(), '80 ms');
  assert.equal((await desk.ask()).outcome, 'hit');
  assert.equal((await desk.ask('ask-server')).outcome, 'bypass');
  const counts = () => devtools.locator('[part="latency"] tbody td:nth-of-type(1)').allInnerTexts();
  await until('both in the plot', async () => (await counts()).every((count) => Number(count) >= 1));

  await desk.element('delay').fill('0');
  await desk.ask('ask-server');
  // Ten minutes, which is more than the slider offers.
  await desk.element('delay').evaluate((input) => (input.max = '600000'));
  await desk.element('delay').fill('600000');
  await shows(desk, 'delay-shown', /600000 ms/);
  const seen = await api.requests();
  await desk.click('ask-server');
  assert.equal((await desk.ask()).outcome, 'hit', 'the cache does not wait');
  assert.equal(await api.requests(), seen, 'the network does');
});

test('4: a version raised in one tab makes the other ask again', async (t) => {
  const { desk: one } = await alice(t);
  const opening = one.page.waitForEvent('popup');
  await one.click('open-second-tab');
  const two = new Desk(new Tab(await opening));
  t.after(() => two.tab.close());
  await two.listed();
  const old = await two.version();
  await one.click('raise-version');
  await until('the new version there', async () => (await two.version()) > old);
  await two.current();
  assert.ok(Number(await two.attribute('shown-version', 'data-version')) > old);
});

test('5: the contract: key, number, and the headers of the last response as they came', async (t) => {
  const { desk } = await alice(t);
  assert.equal(await desk.element('version-key').textContent(), 'cache_user_version:1');
  await until('headers of the miss', async () => /cache-status: hybrid-cache; fwd=\S+; stored; detail=/i.test(await desk.element('raw-headers').textContent()));
  await desk.ask();
  const raw = await until('headers of the hit', async () => {
    const text = await desk.element('raw-headers').textContent();
    return /cache-status: hybrid-cache; hit; ttl=\d+/i.test(text) && text;
  });
  assert.match(raw, /^HTTP 200\n/);
  assert.match(raw, new RegExp(`x-cache-version: ${await desk.version()}`, 'i'));
  assert.match(await desk.element('raw-request').textContent(), /^GET \/api\/invoices\//);
  await desk.click('raise-version');
  await shows(desk, 'raised', / holds \d+ now/);
  await until('the same number', async () => (await desk.element('raised').textContent()).includes(await desk.attribute('version-value', 'data-version')));
});

test('6: another person at the same address sees other data, and back', async (t) => {
  const { desk, api } = await alice(t);
  const hers = await desk.words();
  const address = () => desk.page.evaluate(() => location.href);
  const hereBefore = await address();
  await desk.click('switch-user');
  await until('Bob at the desk', async () => /Bob/.test(await desk.element('user-name').textContent()));
  await until('his list', async () => (await desk.element('invoice-row').count()) === 25);
  const his = await desk.words();
  assert.deepEqual(his.filter((row) => hers.includes(row)), []);
  assert.equal(await address(), hereBefore);
  const seen = await api.requests();
  await desk.click('switch-user');
  await until('her list', async () => JSON.stringify(await desk.words()) === JSON.stringify(hers));
  assert.equal(await api.requests(), seen, 'from this browser');
});

test('7: after a reload the list is there and the server has seen nothing of it', async (t) => {
  const { desk, api } = await alice(t);
  await until('the stored list', () => desk.page.evaluate(() => globalThis.hybridCache.stats().stores > 0));
  const before = await desk.rows();
  const loaded = desk.page.waitForEvent('load');
  await desk.click('reload');
  await loaded;
  await desk.reloadFromStorage(api);
  assert.deepEqual(await desk.rows(), before);
  await until("the server's own number", async () => Number(await desk.attribute('server-requests', 'data-count')) === (await api.requests()));
  await desk.ask();
  const [last] = await desk.element('timeline-row').allInnerTexts();
  assert.match(last, /^hit/);
  assert.doesNotMatch(last, /loading/, 'the second answer had nothing to wait for');
  await desk.element('answers-since').waitFor();
});

test('8: the server says X-Cache-Enabled: false, and takes it back', async (t) => {
  const { desk } = await alice(t);
  await desk.click('server-off');
  await until('the status', async () => (await desk.attribute('cache-status', 'data-status')) === 'disabled');
  await desk.press('ask-again');
  await until('an answer from the network', async () => (await desk.timeline())[0].layer === 'network');
  assert.equal((await desk.rows()).length, 25);
  await desk.click('server-off');
  await until('ready again', async () => (await desk.attribute('cache-status', 'data-status')) === 'ready');
  await desk.cached();
});

test('8: a strict Content-Security-Policy: the desk goes on, and the badge says why it is not cached', async (t) => {
  const { desk } = await alice(t);
  const loaded = desk.page.waitForEvent('load');
  await desk.click('strict-csp');
  await loaded;
  await desk.element('invoice-row').first().waitFor();
  await until('the reason', async () => (await desk.attribute('cache-reason', 'data-reason')) === 'csp');
  assert.equal(await desk.attribute('cache-status', 'data-status'), 'unavailable');
  const again = desk.page.waitForEvent('load');
  await desk.click('strict-csp');
  await again;
  await until('ready again', async () => (await desk.attribute('cache-status', 'data-status')) === 'ready');
});

test('8: offline, what is kept is shown and what is not says why', async (t) => {
  const { desk } = await alice(t);
  const offline = desk.page.getByRole('button', { name: 'Offline' });
  await offline.click();
  assert.equal((await desk.ask()).outcome, 'hit');
  await desk.click('ask-server');
  await desk.element('failure').waitFor();
  await offline.click();
  await desk.click('try-again');
  await desk.listed();
});

test('8: IndexedDB deleted under the page: it goes on, and keeps answers again', async (t) => {
  const { desk, api } = await alice(t);
  await desk.click('delete-database');
  await shows(desk, 'trouble', /is gone/);
  await desk.cached();
  assert.ok((await api.requests()) > 0);
  desk.tab.assertNoErrors();
});

test('9: a caller that spoils its answer spoils nobody else’s', async (t) => {
  const { desk } = await alice(t);
  await desk.click('mutate');
  await shows(desk, 'news', /spoiled, and the next one was not/);
});

test('10: window.hybridCache is named, and answers', async (t) => {
  const { desk } = await alice(t);
  await desk.element('try-this').locator('summary').click();
  assert.match(await desk.element('try-this').innerText(), /window\.hybridCache[^]*hybridCache\.stats\(\)/);
  assert.equal(typeof (await desk.page.evaluate(() => globalThis.hybridCache.stats().hits)), 'number');
  const entries = desk.page.locator('hybrid-cache-panel').locator('[part="entries"]');
  await entries.locator('summary').click();
  await entries.getByRole('button', { name: /^Explain/ }).first().click();
  await entries.getByText(/^Served: fresh/).waitFor();
});
