/** A page without a framework that uses the package by its name. */

import { createHybridCache } from 'hybrid-cache';

const cache = createHybridCache({ user: 'alice', session: 'bearer' });

globalThis.cache = cache;
globalThis.get = async (path) => (await cache.fetch(path, { headers: { Authorization: 'Bearer alice' } })).json();
globalThis.loaded = true;
