/** TanStack Query with its per-query persister on IndexedDB. */

import { QueryClient } from '@tanstack/query-core';
import { experimental_createQueryPersister } from '@tanstack/query-persist-client-core';
import { clear, createStore, del, get as read, set, setMany } from 'idb-keyval';

export async function open() {
  const store = createStore('tanstack', 'entries');
  const persister = experimental_createQueryPersister({
    storage: { getItem: (key) => read(key, store), setItem: (key, value) => set(key, value, store), removeItem: (key) => del(key, store) },
    serialize: (query) => query,
    deserialize: (query) => query,
    maxAge: 86_400_000,
  });
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: 86_400_000, gcTime: 86_400_000, retry: false, networkMode: 'always', persister: persister.persisterFn } },
  });
  return {
    get: (url) => client.fetchQuery({ queryKey: [url], queryFn: async () => (await fetch(url)).json() }),
    fill: (all) => setMany(all, store),
    async drop() {
      client.clear();
      await clear(store);
    },
  };
}
