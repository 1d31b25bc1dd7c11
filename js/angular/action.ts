/** What an Angular application loads with the engine, in one file: the runtime, and the way of a request through it. */

import type { Client } from '../client.js';
import type { Fetches } from '../fetch.js';

export { Flow } from './flow.js';
export * from '../runtime.js';

/** The way of `fetch`, which only `prefetch()` takes here. */
export const fetches = async (client: Client): Promise<Fetches> => new (await import('../fetch.js')).Fetches(client);
