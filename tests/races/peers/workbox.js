/** Workbox in a service worker: see workbox-worker.js. */

import { offer, seen } from './peer.js';

offer(async () => {
  await navigator.serviceWorker.register('/races/workbox-worker.js', { scope: '/' });
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller) await new Promise((go) => navigator.serviceWorker.addEventListener('controllerchange', go, { once: true }));
  const ask = (message) =>
    new Promise((go) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => go(data);
      navigator.serviceWorker.controller.postMessage(message, [port2]);
    });
  // The worker has storages of its own, which a test's fault in the page does not reach.
  Object.defineProperty(globalThis, 'refuse', { set: (refuse) => void ask({ refuse }) });
  const get = async (path, init) => seen(await fetch(path, init));
  return { get, clear: () => ask({ clear: true }) };
});
