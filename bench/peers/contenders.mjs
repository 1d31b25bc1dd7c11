/** Who is compared: name as printed, file, and what it can do. */

export const CONTENDERS = {
  'hybrid-cache': { file: 'hybrid', ours: true, persists: true, clears: true },
  'hybrid-cache, Angular, frozen': { file: 'hybrid-angular', ours: true, persists: true },
  'IndexedDB by hand': { file: 'by-hand', persists: true, clears: true },
  'idb-keyval': { file: 'idb-keyval', persists: true, clears: true, packages: ['idb-keyval'] },
  Dexie: { file: 'dexie', persists: true, clears: true, packages: ['dexie'] },
  localForage: { file: 'localforage', persists: true, clears: true, packages: ['localforage'] },
  'Cache API': { file: 'cache-api', persists: true, clears: true },
  'axios-cache-interceptor': { file: 'axios', persists: true, packages: ['axios-cache-interceptor', 'axios', 'idb-keyval'] },
  'TanStack persister': { file: 'tanstack', persists: true, clears: true, packages: ['@tanstack/query-core', '@tanstack/query-persist-client-core', 'idb-keyval'] },
  'cashew, memory': { file: 'cashew', packages: ['@ngneat/cashew'] },
  'HTTP cache': { file: 'http-cache', native: true },
  'network, 0 ms': { file: 'network', native: true },
  'network, 50 ms': { file: 'network-50', native: true },
};
