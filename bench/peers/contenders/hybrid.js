/** This package, through `fetch`. */

import { openClient } from '../../pages/client.js';

export async function open(options) {
  const client = await openClient(options);
  const get = async (url) => (await client.fetch(url)).json();
  return {
    get,
    stored: () => client.stats().stores,
    async fill(entries) {
      const before = client.stats().stores;
      for (let i = 0; i < entries.length; i += 100) await Promise.all(entries.slice(i, i + 100).map(([url]) => get(url)));
      while (client.stats().stores < before + entries.length) await new Promise((go) => setTimeout(go, 20));
    },
    // Any response tells it.
    async drop() {
      await (await client.fetch('/api/1/999999', { headers: { 'Cache-Control': 'no-cache' } })).text();
    },
  };
}
