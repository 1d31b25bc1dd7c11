/** Puts the same bodies into both databases: `sizes` maps kilobytes to how many. */

import { openClient } from './client.js';
import { page, until } from './page.js';
import * as yardstick from './yardstick.js';

await page(async ({ sizes, angular }) => {
  await yardstick.open();
  const fills = angular ? await fillByHttpClient() : await fillByFetch();
  for (const [kilobytes, count] of Object.entries(sizes)) {
    for (let number = 0; number < count; number++) {
      const url = `/api/${kilobytes}/${number}`;
      await yardstick.put(url, await (await fetch(url)).text());
      await fills.get(url);
    }
  }
  const expected = Object.values(sizes).reduce((sum, count) => sum + count, 0);
  await until(() => fills.stores() >= expected, `${expected} entries stored`);
});

async function fillByFetch() {
  const client = await openClient();
  return { get: async (url) => (await client.fetch(url)).text(), stores: () => client.stats().stores };
}

async function fillByHttpClient() {
  const { openHybrid } = await import('./angular.js');
  const { get, cache } = await openHybrid();
  return { get, stores: () => cache.stats().stores };
}
