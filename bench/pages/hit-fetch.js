/** Hits from IndexedDB through `fetch`: every key is read once in the life of this page, so memory has none of them. */

import { getJson, openClient, watch } from './client.js';
import { check, interleave, page } from './page.js';
import * as yardstick from './yardstick.js';

await page(async ({ kilobytes, count }) => {
  await yardstick.open();
  const client = await openClient();
  const counted = watch((listener) => client.on(listener));
  const url = (number) => `/api/${kilobytes}/${number}`;
  const byHand = async (number) => (await yardstick.getResponse(url(number))).json();
  const hybrid = (number) => getJson(client, url(number));
  const [one, other] = [await byHand(count), await hybrid(count)];
  check(JSON.stringify(one) === JSON.stringify(other), 'both give the same');
  const times = await interleave({ byHand, hybrid }, count);
  // Listeners hear of events in a microtask.
  await null;
  const { indexeddb, ...elsewhere } = counted();
  check(indexeddb === count + 1 && !Object.keys(elsewhere).length, `all hits from IndexedDB, not ${JSON.stringify({ indexeddb, ...elsewhere })}`);
  return times;
});
