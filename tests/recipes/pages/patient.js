/** The package; but on a busy machine a hit is to be a hit, whatever the recipe leaves at its default. */
import { createHybridCache as create } from '../node_modules/hybrid-cache/dist/index.js';

export const createHybridCache = (options) => create({ lookupTimeout: 5_000, ...options });
