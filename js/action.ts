/** What a page loads with the engine, in one file: the runtime, and `fetch` through it. */

import type { Client } from './client.js';
import { Fetches } from './fetch.js';

export * from './runtime.js';

/** The way of `fetch` through a client whose engine runs. */
export const fetches = (client: Client): Fetches => new Fetches(client);
