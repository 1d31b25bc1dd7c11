/** `<hybrid-cache-panel>`: axe-core in both themes, and a walk by keyboard alone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { oneBrowser } from '../support/stage.mjs';
import { Looker } from '../devtools/looker.mjs';
import { focused, violations } from './axe.mjs';

const stage = oneBrowser();

async function looker(t, attributes) {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  for (const path of ['/api/a', '/api/b']) await page.get(path);
  await page.stored(2);
  const look = await new Looker(page).show(attributes);
  // What a page of one's own has and the tests' page has not.
  await page.run(() => {
    const main = document.body.appendChild(document.createElement('main'));
    main.innerHTML = '<h1>Panel</h1>';
    main.append(document.querySelector('hybrid-cache-panel'));
    main.lastChild.client = globalThis.cache;
  });
  for (const path of ['/api/a', '/api/c']) await page.get(path);
  await look.entries(3);
  return { page, look };
}

for (const colorScheme of ['light', 'dark']) {
  test(`docked in a corner, folded up and opened by keyboard, axe-core finds nothing, ${colorScheme}`, async (t) => {
    const { server, tab } = await stage(t);
    const page = await (await tab()).open(server, { user: 'alice' });
    await page.page.emulateMedia({ colorScheme });
    await page.run(async () => {
      document.body.innerHTML = '<main><h1>An application</h1></main>';
      const { dock } = await import('/package/dist/devtools/index.js');
      dock(globalThis.cache);
    });
    assert.deepEqual(await violations(page.page), []);
    await page.page.keyboard.press('Tab');
    assert.equal(await focused(page.page), 'summary hybrid-cache');
    await page.page.keyboard.press('Enter');
    await page.page.getByText('ready').first().waitFor();
    assert.deepEqual(await violations(page.page), []);
  });
}

for (const theme of ['light', 'dark']) {
  test(`axe-core finds nothing, ${theme}`, async (t) => {
    const { page, look } = await looker(t, { theme });
    await look.button(/^Explain/).first().click();
    await look.button('Offline').click();
    await until('the lines', async () => (await look.outcomes()).length >= 2);
    assert.deepEqual(await violations(page.page), []);
  });
}

test('by keyboard: everything is reached in order, and does what it says', async (t) => {
  const { page, look } = await looker(t);
  const { keyboard } = page.page;
  const walk = [];
  await page.page.locator('h1').evaluate((heading) => (heading.tabIndex = -1) && heading.focus());
  for (let step = 0; step < 40; step++) {
    await keyboard.press('Tab');
    const now = await focused(page.page);
    if (/^(body|html)/.test(now) || walk.includes(now)) break;
    walk.push(now);
  }
  assert.deepEqual(walk.map((each) => each.replace(/^(ol|div) .*/, '$1')), [
    'ol', 'summary Entries', 'input Search URLs', 'button Read again', 'button Clear all', 'div', 'button url', 'button size', 'button age',
    'button Explain /api/c', 'button Delete /api/c', 'button Explain /api/b', 'button Delete /api/b', 'button Explain /api/a', 'button Delete /api/a',
    'button Offline', 'button Slow: 2 s more', 'button Cache disabled',
  ]);
  const focus = (button) => button.evaluate((element) => element.focus());
  await focus(look.button('Explain /api/b'));
  await keyboard.press('Enter');
  await look.part('entries').getByText(/^Served: fresh/).waitFor();
  await focus(look.button('Delete /api/b'));
  await keyboard.press('Space');
  await look.entries(2);
  assert.match(await focused(page.page), /^div /, 'the focus is not lost with the row');
  await focus(look.button('Offline'));
  await keyboard.press('Space');
  assert.equal(await look.button('Offline').getAttribute('aria-pressed'), 'true');
});
