/** A network that the page plays itself, so that what is measured is the cache's own doing: what is asked below a path is answered at once. */

import { until } from './page.js';

/**
 * Takes the place of `fetch`. Answers what moves the played server: `change()` raises its version, `size` is how long
 * its bodies are, characters. Versions begin at the clock, so that no visit goes back behind an earlier one (H5).
 */
export function play(size, below = '/played/') {
  let version = Date.now();
  const padding = 'x'.repeat(size);
  globalThis.fetch = ((real) => async (input, init) => {
    const url = new URL(input.url ?? input, location.href);
    if (!url.pathname.startsWith(below)) return real(input, init);
    const headers = { 'Content-Type': 'application/json', 'X-Cache-Version': `${version}`, 'Hybrid-Cache-Control': 'max-age=86400' };
    return new Response(`{"url":"${url.pathname}","padding":"${padding}"}`, { headers });
  })(fetch);
  return { change: () => ++version };
}

/** Fetches past the cache's store: its answer tells the cache which version there is. Resolves when that holds. */
export async function refresh(client) {
  await (await client.fetch('/played/refresh', { headers: { 'Cache-Control': 'no-cache' } })).text();
}

/** Has `count` entries stored, below `/played/{name}/`. */
export async function fill(client, name, count) {
  const before = client.stats().stores;
  for (let i = 0; i < count; i += 100) {
    await Promise.all(Array.from({ length: Math.min(100, count - i) }, async (_, j) => (await client.fetch(`/played/${name}/${i + j}`)).text()));
  }
  await until(() => client.stats().stores >= before + count, `${count} entries stored`);
}

/** The cache's own database, to look into. */
export async function look() {
  const database = await new Promise((go) => (indexedDB.open('hybrid-cache').onsuccess = ({ target }) => go(target.result)));
  const ask = (store, request) =>
    new Promise((resolve, reject) => {
      const asked = request(database.transaction(store).objectStore(store));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  return {
    ask,
    /** How many entries there are, dead ones too. */
    entries: () => ask('entries', (store) => store.count()),
    /** The same by the cache's own books: one small record. */
    booked: async () => (await ask('state', (store) => store.get('usage')))?.entries ?? 0,
  };
}
