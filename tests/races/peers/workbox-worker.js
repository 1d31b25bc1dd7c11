/** CacheFirst with an expiry for the API, as Workbox's documentation has it. */

import { clientsClaim } from 'workbox-core';
import { ExpirationPlugin } from 'workbox-expiration';
import { registerRoute } from 'workbox-routing';
import { CacheFirst, NetworkOnly } from 'workbox-strategies';

import { refuseWrites } from '../../support/storage.mjs';
import { clearsOnChange } from './peer.js';

refuseWrites();
self.skipWaiting();
clientsClaim();

const clear = () => caches.delete('api');
const saw = clearsOnChange(clear);
const versions = {
  fetchDidSucceed: async ({ response }) => {
    await saw(response.headers.get('X-Cache-Version'));
    return response;
  },
};
const isApi = ({ url }) => url.pathname.startsWith('/api/');
registerRoute(isApi, new CacheFirst({ cacheName: 'api', plugins: [new ExpirationPlugin({ maxAgeSeconds: 300 }), versions] }));
registerRoute(isApi, new NetworkOnly({ plugins: [versions] }), 'POST');

self.addEventListener('message', (event) => {
  if (event.data?.refuse !== undefined) globalThis.refuse = event.data.refuse;
  const done = event.data?.clear ? clear() : Promise.resolve();
  event.waitUntil(done.catch(() => {}).then(() => event.ports[0]?.postMessage('done')));
});
