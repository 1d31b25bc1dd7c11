/**
 * Hits from IndexedDB while the entries of an older generation are being swept, beside hits when all is quiet. The
 * memory layer of this page's engine is given no room, so that every hit comes from IndexedDB. The network is played.
 */

import { counter, openClient } from './client.js';
import { check, page, shuffled, time, until } from './page.js';

await page(async ({ dead, live, reads }) => {
  let version = 1;
  const padding = 'x'.repeat(900);
  globalThis.fetch = ((real) => async (input, init) => {
    const url = new URL(input.url ?? input, location.href);
    if (!url.pathname.startsWith('/played/')) return real(input, init);
    const headers = { 'Content-Type': 'application/json', 'X-Cache-Version': `${version}`, 'Hybrid-Cache-Control': 'max-age=86400' };
    return new Response(`{"url":"${url.pathname}","padding":"${padding}"}`, { headers });
  })(fetch);
  const client = await openClient();
  const counted = counter(client);
  const database = await new Promise((go) => (indexedDB.open('hybrid-cache').onsuccess = ({ target }) => go(target.result)));
  const stored = () => new Promise((go) => (database.transaction('entries').objectStore('entries').count().onsuccess = ({ target }) => go(target.result)));
  const fill = async (name, count) => {
    const before = client.stats().stores;
    for (let i = 0; i < count; i += 100) {
      await Promise.all(Array.from({ length: Math.min(100, count - i) }, async (_, j) => (await client.fetch(`/played/${name}/${i + j}`)).text()));
    }
    await until(() => client.stats().stores >= before + count, `${count} entries stored`);
  };
  const read = async () => {
    counted();
    const times = [];
    for (const i of shuffled(reads)) times.push(await time(async () => (await client.fetch(`/played/live/${i % live}`)).json()));
    const seen = counted();
    check(seen.indexeddb === reads, `hits from IndexedDB, not ${JSON.stringify(seen)}`);
    return times;
  };
  await fill('live', live);
  const quiet = await read();
  await fill('dead', dead);
  version++;
  await (await client.fetch('/played/change', { headers: { 'Cache-Control': 'no-cache' } })).text();
  await fill('live', live);
  // It begins when the page has a moment; only then is there anything to read beside.
  await until(async () => (await stored()) < dead + live, 'the sweep to begin');
  const left = (await stored()) - live;
  const during = await read();
  const afterwards = Math.max(0, (await stored()) - live);
  check(afterwards < left, `the sweep went on meanwhile: ${left} entries left, then ${afterwards}`);
  return { quiet, during, left, afterwards };
});
