/**
 * Hits from IndexedDB while the entries of an older generation are being swept, beside hits when all is quiet. The
 * memory layer of this page's engine is given no room, so that every hit comes from IndexedDB.
 */

import { counter, openClient } from './client.js';
import { check, page, shuffled, time, until } from './page.js';
import { fill, look, play, refresh } from './played.js';

await page(async ({ dead, live, reads }) => {
  const server = play(900);
  const client = await openClient();
  const counted = counter(client);
  const { booked } = await look();
  await refresh(client);
  const read = async () => {
    counted();
    const times = [];
    for (const i of shuffled(reads)) times.push(await time(async () => (await client.fetch(`/played/live/${i % live}`)).json()));
    const seen = counted();
    check(seen.indexeddb === reads, `hits from IndexedDB, not ${JSON.stringify(seen)}`);
    return times;
  };
  await fill(client, 'live', live);
  const quiet = await read();
  await fill(client, 'dead', dead);
  server.change();
  await refresh(client);
  await fill(client, 'live', live);
  // It begins when the page has a moment; only then is there anything to read beside.
  await until(async () => (await booked()) < dead + live, 'the sweep to begin');
  const left = (await booked()) - live;
  const during = await read();
  const afterwards = Math.max(0, (await booked()) - live);
  check(afterwards < left, `the sweep went on meanwhile: ${left} entries left, then ${afterwards}`);
  check(afterwards > 0, 'the sweep went on to the last of the reads');
  return { quiet, during, left, afterwards };
});
