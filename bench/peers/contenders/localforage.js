/** localForage on IndexedDB. */

import localforage from 'localforage';

export async function open() {
  const store = localforage.createInstance({ name: 'localforage', driver: localforage.INDEXEDDB });
  await store.ready();
  return {
    async get(url) {
      const found = await store.getItem(url);
      if (found !== null) return found;
      const answer = await (await fetch(url)).json();
      void store.setItem(url, answer);
      return answer;
    },
    fill: (all) => Promise.all(all.map(([url, body]) => store.setItem(url, body))),
    drop: () => store.clear(),
  };
}
