/** What a test does inside the page. `cache` is the client, `events` what it told. */

import { createHybridCache } from '/package/dist/index.js';

globalThis.events = [];

/** Makes the client, as an application would. */
globalThis.start = (options) => {
  globalThis.cache = createHybridCache(options);
  globalThis.cache.on((event) => globalThis.events.push(event));
};

/** One request of `user` through the cache: everything a caller can see of the answer. */
globalThis.get = async (path, user, init = {}) => {
  const headers = user === undefined ? {} : { Authorization: `Bearer ${user}` };
  const response = await globalThis.cache.fetch(path, { ...init, headers: { ...headers, ...init.headers } });
  const text = await response.text();
  let body = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not everything the server says is JSON.
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
};

globalThis.loaded = true;
