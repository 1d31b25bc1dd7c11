/** Our side, as a page without a framework uses it. */

import { createHybridCache } from 'hybrid-cache';

/** A client that is ready. It gives up on a lookup late: a slow hit is to be seen as a slow hit. */
export async function openClient(options) {
  const client = createHybridCache({
    user: 'bench',
    session: 'bearer',
    lookupTimeout: 1_000,
    maxEntries: 200_000,
    maxBytes: 2 ** 30,
    ...options,
  });
  if (!(await client.whenReady())) throw new Error(`not ready: ${client.reason}`);
  if (client.reason !== null) throw new Error(`not as it should be: ${client.reason}`);
  return client;
}

/** The object at `url`, through the cache. */
export async function getJson(client, url) {
  return (await client.fetch(url)).json();
}

/**
 * Counts where answers come from since it was called last. The cache's own counters: a listener to its events would cost
 * what nobody who does not listen pays.
 */
export function counter(cache) {
  const read = () => {
    const { hits, stale, memoryHits: memory, misses, bypassed } = cache.stats();
    return { indexeddb: hits + stale - memory, memory, network: misses + bypassed };
  };
  let before = read();
  return () => {
    const now = read();
    const since = Object.fromEntries(Object.entries(now).map(([name, count]) => [name, count - before[name]]));
    before = now;
    return since;
  };
}
