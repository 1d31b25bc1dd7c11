/** Every race, with this package: each answer is right. The peers beside it: `npm run test:races`. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser } from '../support/browser.mjs';
import { CELLS } from './cells.mjs';
import { match } from './match.mjs';
import { OURS, SEALED } from './names.mjs';

let browser;
before(async () => {
  browser = await openBrowser({ backForward: true });
});
after(() => browser?.close());

// Four tabs take as long as one and two together: the table of `npm run test:full` has them.
const most = 2;

for (const cell of CELLS) {
  for (const count of cell.tabs.filter((tabs) => tabs <= most)) {
    test(`${cell.name}, ${count} tab${count > 1 ? 's' : ''}`, async () => {
      assert.deepEqual(await match(browser, OURS, cell, count), ['right', '']);
    });
  }
  // Opening and sealing take time of their own, in which something may land.
  test(`${cell.name}, sealed`, async () => {
    const count = Math.max(...cell.tabs.filter((tabs) => tabs <= most));
    assert.deepEqual(await match(browser, SEALED, cell, count), ['right', '']);
  });
}
