/** The browser's Cache API, cache first. */

export async function open() {
  let cache = await caches.open('api');
  return {
    async get(url) {
      const found = await cache.match(url);
      if (found) return found.json();
      const response = await fetch(url);
      void cache.put(url, response.clone());
      return response.json();
    },
    fill: (all) =>
      Promise.all(all.map(([url, body]) => cache.put(url, new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } })))),
    async drop() {
      await caches.delete('api');
      cache = await caches.open('api');
    },
  };
}
