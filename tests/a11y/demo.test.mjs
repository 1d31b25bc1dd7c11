/** The demo: axe-core on every page in both themes, wide and narrow, and a walk by keyboard. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Desk } from '../e2e/desk.mjs';
import { databaseFile, startDemo } from '../e2e/services.mjs';
import { openBrowser } from '../support/browser.mjs';
import { until } from '../support/deadline.mjs';
import { focused, violations } from './axe.mjs';

let demo;
let browser;
before(async () => {
  demo = await startDemo(databaseFile());
  browser = await openBrowser();
}, { timeout: 180_000 });
after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function visit(t, colorScheme, width = 1400) {
  const desk = new Desk(await browser.tab());
  t.after(() => desk.tab.close());
  await desk.page.setViewportSize({ width, height: 1000 });
  // Axe reads colours as they are at that moment.
  await desk.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await desk.open(demo.origin);
  await desk.element('sign-in-alice').waitFor();
  return desk;
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe-core finds nothing on any page, ${colorScheme}`, async (t) => {
    const desk = await visit(t, colorScheme);
    const clean = async (where) => assert.deepEqual(await violations(desk.page), [], where);
    await clean('sign-in');
    await desk.signIn('alice');
    await until('a hit, so that there is an entry', async () => (await desk.ask()).outcome === 'hit');
    const entries = desk.page.locator('hybrid-cache-panel [part="entries"]');
    await entries.locator('summary').click();
    await entries.getByRole('button', { name: /^Explain/ }).first().click();
    await entries.getByText(/^Served/).waitFor();
    await desk.element('try-this').locator('summary').click();
    await desk.click('server-off');
    await until('the switch', async () => (await desk.attribute('server-off', 'aria-pressed')) === 'true');
    await clean('list and panel');
    await desk.click('server-off');
    await desk.page.getByRole('button', { name: 'Offline' }).click();
    await desk.click('ask-server');
    await desk.element('failure').waitFor();
    await clean('offline');
    await desk.page.getByRole('button', { name: 'Offline' }).click();
    await desk.click('try-again');
    await desk.listed();
    await desk.click('invoice-link');
    await desk.element('invoice').waitFor();
    await clean('invoice');
    await desk.click('edit');
    await clean('form');
  });
}

test('axe-core finds nothing on a narrow screen', async (t) => {
  const desk = await visit(t, 'light', 390);
  await desk.signIn('alice');
  assert.deepEqual(await violations(desk.page), []);
});

test('by keyboard: from signing in to an invoice and to the panel', async (t) => {
  const desk = await visit(t, 'light');
  const { keyboard } = desk.page;
  /** Goes on by Tab until the focus is where it should be. */
  const reach = async (wanted) => {
    const seen = [];
    for (let step = 0; step < 150; step++) {
      const now = await focused(desk.page);
      if (wanted.test(now)) return;
      seen.push(now);
      await keyboard.press('Tab');
    }
    assert.fail(`not reached: ${wanted}; the walk was ${seen.join(' | ')}`);
  };
  await reach(/Alice/);
  await keyboard.press('Enter');
  await desk.listed();
  await reach(/^button Ask again/);
  await until('a hit', async () => {
    const before = await desk.answered();
    await keyboard.press('Enter');
    await until('an answer', async () => (await desk.answered()) > before);
    return (await desk.timeline())[0].outcome === 'hit';
  });
  await reach(/^input Network/);
  await keyboard.press('ArrowRight');
  await until('100 ms beside the slider', async () => (await desk.element('delay-shown').textContent()) === '100 ms');
  await reach(/^button Offline/);
  await keyboard.press('Space');
  await keyboard.press('Space');
  await reach(/^summary Entries/);
  await keyboard.press('Enter');
  await reach(/^input Search URLs/);
  await reach(/^button Server: INCR/);
  await keyboard.press('Enter');
  await until('the answer', async () => /holds/.test(await desk.element('raised').textContent()));
  await desk.current();
  await reach(/^button Strict CSP/);
});
