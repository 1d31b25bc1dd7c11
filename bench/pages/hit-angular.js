/** Hits from IndexedDB through `HttpClient`: every key is read once in the life of this page. */

import { openByHand, openHybrid } from './angular.js';
import { counter } from './client.js';
import { check, interleave, page } from './page.js';
import * as yardstick from './yardstick.js';

await page(async ({ kilobytes, count }) => {
  await yardstick.open();
  const { get, cache } = await openHybrid();
  const counted = counter(cache);
  const handGet = await openByHand();
  const url = (number) => `/api/${kilobytes}/${number}`;
  const [one, other] = [await handGet(url(count)), await get(url(count))];
  check(JSON.stringify(one) === JSON.stringify(other), 'both give the same');
  const times = await interleave({ byHand: (number) => handGet(url(number)), hybrid: (number) => get(url(number)) }, count);
  const seen = counted();
  check(seen.indexeddb === count + 1, `all hits from IndexedDB, not ${JSON.stringify(seen)}`);
  return times;
});
