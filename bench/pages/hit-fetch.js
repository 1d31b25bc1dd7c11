/** Hits from IndexedDB through `fetch`: every key is read once in the life of this page, so memory has none of them. */

import { counter, getJson, openClient } from './client.js';
import { check, interleave, page } from './page.js';
import * as yardstick from './yardstick.js';

await page(async ({ kilobytes, count }) => {
  await yardstick.open();
  const client = await openClient();
  const counted = counter(client);
  const url = (number) => `/api/${kilobytes}/${number}`;
  const byHand = async (number) => (await yardstick.getResponse(url(number))).json();
  const hybrid = (number) => getJson(client, url(number));
  const [one, other] = [await byHand(count), await hybrid(count)];
  check(JSON.stringify(one) === JSON.stringify(other), 'both give the same');
  const times = await interleave({ byHand, hybrid }, count);
  const seen = counted();
  check(seen.indexeddb === count + 1, `all hits from IndexedDB, not ${JSON.stringify(seen)}`);
  return times;
});
