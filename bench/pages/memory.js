/**
 * Hits from the tab's memory beside hand-written gets from IndexedDB. One call is shorter than the clock can tell well:
 * each sample is the mean of ten in a row.
 */

import { openByHand, openConstant, openHybrid } from './angular.js';
import { counter, getJson, openClient } from './client.js';
import { check, interleave, page } from './page.js';
import * as yardstick from './yardstick.js';

const IN_A_ROW = 10;

await page(async ({ kilobytes, count, keys, kind }) => {
  await yardstick.open();
  const url = (number) => `/api/${kilobytes}/${number % keys}`;
  const { counted, ...contenders } = kind === 'fetch' ? await byFetch() : await byHttpClient(kind);
  // The first hit of a key brings it into memory.
  for (let number = 0; number < keys; number++) await contenders.hybrid(url(number));
  counted();
  const row = (get) => async (number) => {
    for (let i = 0; i < IN_A_ROW; i++) await get(url(number + i));
  };
  const times = await interleave(Object.fromEntries(Object.entries(contenders).map(([name, get]) => [name, row(get)])), count);
  const seen = counted();
  // While memory answers, the state is read again every second (S1b); such a read may answer from IndexedDB.
  check(seen.memory > 0.98 * count * IN_A_ROW && !seen.network, `hits from memory, not ${JSON.stringify(seen)}`);
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.map((ms) => ms / IN_A_ROW)]));
});

async function byFetch() {
  const client = await openClient();
  return {
    byHand: async (url) => (await yardstick.getResponse(url)).json(),
    hybrid: (url) => getJson(client, url),
    counted: counter(client),
  };
}

async function byHttpClient(bodies) {
  const { get, cache } = await openHybrid(bodies);
  const constant = await openConstant({ number: 1 });
  return { byHand: await openByHand(), hybrid: get, constant, counted: counter(cache) };
}
