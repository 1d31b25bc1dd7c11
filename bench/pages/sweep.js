/**
 * Hits from IndexedDB while the entries of an older generation are being swept, beside hits when all is quiet. The
 * memory layer of this page's engine is given no room, so that every hit comes from IndexedDB.
 */

import { counter, openClient } from './client.js';
import { check, page, shuffled, time, until } from './page.js';
import { fill, look, play, refresh } from './played.js';

/** Reads of a lot, and entries that are still to go when the last one begins. */
const [LOT, MARGIN] = [10, 200];

await page(async ({ dead, live, reads }) => {
  const server = play(900);
  const client = await openClient();
  const counted = counter(client);
  const { booked } = await look();
  await refresh(client);
  // In lots, as long as `going` says so.
  const read = async (going) => {
    counted();
    const times = [];
    while (times.length < reads && (await going())) {
      for (const i of shuffled(live).slice(0, LOT)) times.push(await time(async () => (await client.fetch(`/played/live/${i}`)).json()));
    }
    const seen = counted();
    check(seen.indexeddb === times.length, `hits from IndexedDB, not ${JSON.stringify(seen)}`);
    return times;
  };
  await fill(client, 'live', live);
  const quiet = await read(() => true);
  await fill(client, 'dead', dead);
  server.change();
  await refresh(client);
  await fill(client, 'live', live);
  // It begins when the page has a moment; only then is there anything to read beside.
  await until(async () => (await booked()) < dead + live, 'the sweep to begin');
  const left = (await booked()) - live;
  const during = await read(async () => (await booked()) > live + MARGIN);
  check(during.length >= reads / 4, `the sweep lasted for ${reads / 4} reads, not for ${during.length}`);
  const afterwards = (await booked()) - live;
  return { quiet, during, left, afterwards };
});
