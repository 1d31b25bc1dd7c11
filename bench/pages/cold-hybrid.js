/** The first hit of a page that was just loaded, ours. From the beginning of the navigation. */

import { createHybridCache } from 'hybrid-cache';

import { check, page } from './page.js';

await page(async ({ kilobytes, wasmUrl }) => {
  const client = createHybridCache({ user: 'bench', session: 'bearer', lookupTimeout: 1_000, wasmUrl });
  const sources = [];
  client.on(({ type, layer }) => sources.push(`${type} ${layer ?? ''}`));
  const { number } = await (await client.fetch(`/api/${kilobytes}/0`)).json();
  const ms = performance.now();
  await null;
  check(sources.includes('hit indexeddb'), `a hit from IndexedDB, not ${sources}`);
  return { ms, number };
});
