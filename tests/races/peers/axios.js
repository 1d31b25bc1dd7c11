/** axios-cache-interceptor, with the IndexedDB store of its documentation. */

import Axios from 'axios';
import { buildStorage, setupCache } from 'axios-cache-interceptor';
import { clear as clearAll, del, get as read, set } from 'idb-keyval';

import { clearsOnChange, offer } from './peer.js';

offer(async () => {
  const clear = () => clearAll();
  const saw = clearsOnChange(clear);
  const instance = Axios.create({ validateStatus: () => true });
  instance.interceptors.response.use(async (response) => {
    if (!response.cached) await saw(response.headers['x-cache-version']);
    return response;
  });
  const axios = setupCache(instance, {
    ttl: 300_000,
    interpretHeader: false,
    cachePredicate: { statusCheck: (status) => status === 200 },
    storage: buildStorage({
      find: (key) => read(key),
      set: (key, value) => set(key, value),
      remove: (key) => del(key),
      clear,
    }),
  });
  const get = async (path, { method = 'GET', headers, body }) => {
    const { status, data } = await axios.request({ url: path, method, headers, data: body });
    return { status, headers: {}, body: data };
  };
  return { get, clear };
});
