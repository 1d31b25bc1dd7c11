/** A delivered miss through `HttpClient`: ours, by hand, and with an interceptor that only passes on. */

import { openByHand, openHybrid, openPassing } from './angular.js';
import { counter } from './client.js';
import { check, interleave, page } from './page.js';
import * as yardstick from './yardstick.js';

await page(async ({ kilobytes, count, round }) => {
  await yardstick.open();
  const { get, cache } = await openHybrid();
  const counted = counter(cache);
  const [byHand, passing] = [await openByHand(), await openPassing()];
  const url = (number) => `/api/${kilobytes}/${(round + 1) * 1_000_000 + number}`;
  await Promise.all([get, byHand, passing].map((one) => one(url(999_999))));
  counted();
  const times = await interleave(
    { passing: (number) => passing(url(number)), byHand: (number) => byHand(url(number)), hybrid: (number) => get(url(number)) },
    count,
  );
  const seen = counted();
  check(seen.network === count && !seen.indexeddb && !seen.memory, `misses, not ${JSON.stringify(seen)}`);
  return times;
});
