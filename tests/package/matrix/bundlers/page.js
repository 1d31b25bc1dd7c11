/** A page without a framework that uses the package by its name. */

import { createHybridCache } from 'hybrid-cache';

// On a busy machine a hit is to be a hit.
const cache = createHybridCache({ user: 'alice', lookupTimeout: 5_000 });

globalThis.cache = cache;
globalThis.get = async (path) => (await cache.fetch(path)).json();
globalThis.loaded = true;
