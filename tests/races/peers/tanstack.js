/** TanStack Query with its per-query persister on IndexedDB. The user is part of the key, as its documentation asks. */

import { QueryClient } from '@tanstack/query-core';
import { experimental_createQueryPersister } from '@tanstack/query-persist-client-core';
import { clear as clearAll, del, get as read, set } from 'idb-keyval';

import { clearsOnChange, offer, seen } from './peer.js';

offer(async () => {
  const persister = experimental_createQueryPersister({
    storage: { getItem: (key) => read(key), setItem: (key, value) => set(key, value), removeItem: (key) => del(key) },
    maxAge: 300_000,
  });
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: 300_000, gcTime: 300_000, retry: false, networkMode: 'always', persister: persister.persisterFn } },
  });
  const clear = async () => {
    client.clear();
    await clearAll();
  };
  // Clearing what is under way would fail the very response that brings the news.
  const saw = clearsOnChange(async () => {
    client.removeQueries({ fetchStatus: 'idle' });
    await clearAll();
  });
  const ask = async (path, init) => {
    const response = await fetch(path, init);
    await saw(response.headers.get('X-Cache-Version'));
    return seen(response);
  };
  const get = async (path, init, user) => {
    if ((init.method ?? 'GET') !== 'GET') return ask(path, init);
    const queryFn = async () => {
      const answer = await ask(path, init);
      if (answer.status !== 200) throw Object.assign(new Error(String(answer.status)), answer);
      return answer;
    };
    return client.fetchQuery({ queryKey: [user, path], queryFn }).catch((error) => {
      if (error.status === undefined) throw error;
      return { status: error.status, headers: {}, body: error.body };
    });
  };
  return { get, clear };
});
