/**
 * A change of version with many entries stored. "Nothing older can be served" is: the new state is what a transaction
 * that begins now reads from the database.
 */

import { openClient } from './client.js';
import { check, page, time, until } from './page.js';
import { fill, look, play, refresh } from './played.js';

await page(async ({ entries, repeats, size, settle }) => {
  const server = play(size);
  const client = await openClient();
  await refresh(client);
  const { ask, entries: count } = await look();
  const [stateKey] = (await ask('state', (store) => store.getAllKeys())).filter((key) => key.startsWith('p:'));
  const delivered = [];
  const committed = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    await fill(client, 'entry', entries);
    const stored = await count();
    check(stored >= entries, `${entries} entries, but there are ${stored}`);
    await new Promise((go) => setTimeout(go, settle));
    const version = server.change();
    const begin = performance.now();
    delivered.push(await time(() => refresh(client)));
    for (;;) {
      if ((await ask('state', (store) => store.get(stateKey))).version === version) break;
    }
    committed.push(performance.now() - begin);
    await until(async () => (await count()) <= 1, 'the sweep to end');
  }
  return { delivered, committed };
});
