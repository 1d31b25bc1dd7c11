/** axios-cache-interceptor on IndexedDB, with the store of its documentation. */

import Axios from 'axios';
import { buildStorage, setupCache } from 'axios-cache-interceptor';
import { clear, createStore, del, get as read, set, setMany } from 'idb-keyval';

export async function open() {
  const store = createStore('axios', 'entries');
  const axios = setupCache(Axios.create(), {
    ttl: 86_400_000,
    interpretHeader: false,
    generateKey: ({ url }) => url,
    storage: buildStorage({
      find: (key) => read(key, store),
      set: (key, value) => set(key, value, store),
      remove: (key) => del(key, store),
      clear: () => clear(store),
    }),
  });
  return {
    get: async (url) => (await axios.get(url)).data,
    fill: (all) => setMany(all, store),
    drop: () => clear(store),
  };
}
