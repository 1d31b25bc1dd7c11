/**
 * Hits from the tab's memory beside hand-written gets from IndexedDB. One call is shorter than the clock can tell well:
 * each sample is the mean of ten in a row.
 */

import { openByHand, openHybrid } from './angular.js';
import { getJson, openClient, watch } from './client.js';
import { check, interleave, page } from './page.js';
import * as yardstick from './yardstick.js';

const IN_A_ROW = 10;

await page(async ({ kilobytes, count, keys, kind }) => {
  await yardstick.open();
  const url = (number) => `/api/${kilobytes}/${number % keys}`;
  const { byHand, hybrid, counted } = kind === 'fetch' ? await byFetch() : await byHttpClient(kind);
  // The first hit of a key brings it into memory.
  for (let number = 0; number < keys; number++) await hybrid(url(number));
  await null;
  counted();
  const row = (get) => async (number) => {
    for (let i = 0; i < IN_A_ROW; i++) await get(url(number + i));
  };
  const times = await interleave({ byHand: row(byHand), hybrid: row(hybrid) }, count);
  await null;
  const { memory = 0, ...elsewhere } = counted();
  const others = Object.values(elsewhere).reduce((sum, n) => sum + n, 0);
  // While memory answers, the state is read again every second (S1b); such a read may answer from IndexedDB.
  check(memory > 0.98 * count * IN_A_ROW && !elsewhere.network, `hits from memory, not ${JSON.stringify({ memory, ...elsewhere })} (${others})`);
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.map((ms) => ms / IN_A_ROW)]));
});

async function byFetch() {
  const client = await openClient();
  return {
    byHand: async (url) => (await yardstick.getResponse(url)).json(),
    hybrid: (url) => getJson(client, url),
    counted: watch((listener) => client.on(listener)),
  };
}

async function byHttpClient(bodies) {
  const { get, cache } = await openHybrid(bodies);
  return { byHand: await openByHand(), hybrid: get, counted: watch((listener) => cache.events$.subscribe(listener)) };
}
