/**
 * A change of version with many entries stored. "Nothing older can be served" is: the new state is what a transaction
 * that begins now reads from the database. Beside it the least that any lasting write takes: one small record, by hand.
 */

import { openClient } from './client.js';
import { check, page, time, until } from './page.js';
import { fill, look, play, refresh } from './played.js';
import * as yardstick from './yardstick.js';

await page(async ({ entries, repeats, size }) => {
  const server = play(size);
  await yardstick.open();
  const client = await openClient();
  await refresh(client);
  const { ask, entries: count } = await look();
  const [stateKey] = (await ask('state', (store) => store.getAllKeys())).filter((key) => key.startsWith('p:'));
  const times = { delivered: [], committed: [], read: [], byHand: [] };
  for (let repeat = 0; repeat < repeats; repeat++) {
    await fill(client, repeat, entries);
    const stored = await count();
    check(stored >= entries, `${entries} entries, but there are ${stored}`);
    // What reaches the disk with the first lasting write is all that was written before it: that is the filling's time.
    await settled();
    times.byHand.push(await time(yardstick.strict));
    const version = server.change();
    const begin = performance.now();
    times.delivered.push(await time(() => refresh(client)));
    for (;;) {
      if ((await ask('state', (store) => store.get(stateKey))).version === version) break;
    }
    times.committed.push(performance.now() - begin);
    times.read.push(await time(async () => (await client.fetch(`/played/${repeat}/0`)).text()));
    await until(async () => (await count()) <= 2, 'the sweep to end');
  }
  return times;
});

/** Waits until the disk is done with what was written: until five small lasting writes in a row are quick. */
async function settled() {
  let [least, quick] = [Infinity, 0];
  for (let i = 0; i < 100 && quick < 5; i++) {
    const ms = await time(yardstick.strict);
    quick = ms < 2 * least ? quick + 1 : 0;
    least = Math.min(least, ms);
    await new Promise((go) => setTimeout(go, 50));
  }
}
