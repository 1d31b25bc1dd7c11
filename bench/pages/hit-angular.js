/** Hits from IndexedDB through `HttpClient`: every key is read once in the life of this page. */

import { openByHand, openHybrid } from './angular.js';
import { watch } from './client.js';
import { check, interleave, page } from './page.js';
import * as yardstick from './yardstick.js';

await page(async ({ kilobytes, count }) => {
  await yardstick.open();
  const { get, cache } = await openHybrid();
  const counted = watch((listener) => cache.events$.subscribe(listener));
  const handGet = await openByHand();
  const url = (number) => `/api/${kilobytes}/${number}`;
  const [one, other] = [await handGet(url(count)), await get(url(count))];
  check(JSON.stringify(one) === JSON.stringify(other), 'both give the same');
  const times = await interleave({ byHand: (number) => handGet(url(number)), hybrid: (number) => get(url(number)) }, count);
  await null;
  const { indexeddb, ...elsewhere } = counted();
  check(indexeddb === count + 1 && !Object.keys(elsewhere).length, `all hits from IndexedDB, not ${JSON.stringify({ indexeddb, ...elsewhere })}`);
  return times;
});
