/** Dexie: one table of objects by URL. */

import { Dexie } from 'dexie';

export async function open() {
  const database = new Dexie('dexie');
  database.version(1).stores({ entries: 'url' });
  await database.open();
  const { entries } = database;
  return {
    async get(url) {
      const found = await entries.get(url);
      if (found !== undefined) return found.body;
      const body = await (await fetch(url)).json();
      void entries.put({ url, body });
      return body;
    },
    fill: (all) => entries.bulkPut(all.map(([url, body]) => ({ url, body }))),
    drop: () => entries.clear(),
  };
}
