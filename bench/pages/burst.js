/** A hundred hits from IndexedDB asked for at once, through `fetch`; every key once in the life of this page. */

import { getJson, openClient } from './client.js';
import { interleave, page } from './page.js';
import * as yardstick from './yardstick.js';

await page(async ({ kilobytes, count, at }) => {
  await yardstick.open();
  const client = await openClient();
  const batch = (get) => (number) => Promise.all(Array.from({ length: at }, (_, i) => get(`/api/${kilobytes}/${number * at + i}`)));
  return interleave(
    { byHand: batch(async (url) => (await yardstick.getResponse(url)).json()), hybrid: batch((url) => getJson(client, url)) },
    count,
  );
});
