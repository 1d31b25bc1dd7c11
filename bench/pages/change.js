/**
 * A change of version with many entries stored. The network is played by the page: the response with the newer version
 * is there at once, so that what is measured is ours. "Nothing older can be served" is: the new state is what a
 * transaction that begins now reads from the database.
 */

import { openClient } from './client.js';
import { check, page, time, until } from './page.js';

await page(async ({ entries, repeats, size }) => {
  let version = 1;
  const padding = 'x'.repeat(size);
  const real = fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input.url ?? input, location.href);
    if (!url.pathname.startsWith('/played/')) return real(input, init);
    const headers = { 'Content-Type': 'application/json', 'X-Cache-Version': `${version}`, 'Hybrid-Cache-Control': 'max-age=86400' };
    return new Response(`{"url":"${url.pathname}","padding":"${padding}"}`, { headers });
  };
  const client = await openClient();
  await (await client.fetch('/played/first')).text();
  const database = await new Promise((go) => (indexedDB.open('hybrid-cache').onsuccess = ({ target }) => go(target.result)));
  const ask = (store, request) => new Promise((go) => (request(database.transaction(store).objectStore(store)).onsuccess = ({ target }) => go(target.result)));
  const [stateKey] = (await ask('state', (store) => store.getAllKeys())).filter((key) => key.startsWith('p:'));
  const delivered = [];
  const committed = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const before = client.stats().stores;
    for (let i = 0; i < entries; i += 100) {
      await Promise.all(Array.from({ length: 100 }, async (_, j) => (await client.fetch(`/played/${i + j}`)).text()));
    }
    await until(() => client.stats().stores >= before + entries, 'everything stored');
    const count = await ask('entries', (store) => store.count());
    check(count >= entries, `${entries} entries, but there are ${count}`);
    version++;
    const begin = performance.now();
    delivered.push(await time(() => client.fetch('/played/change', { headers: { 'Cache-Control': 'no-cache' } })));
    for (;;) {
      if ((await ask('state', (store) => store.get(stateKey))).version === version) break;
    }
    committed.push(performance.now() - begin);
    await until(async () => (await ask('entries', (store) => store.count())) <= 1, 'the sweep to end');
  }
  return { delivered, committed };
});
