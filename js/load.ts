/** How the parts are loaded that are needed once a user is named. Nothing here runs before `load()` is called. */

import type { Client } from './client.js';
import type { Fetches } from './fetch.js';

/** What is loaded with the engine: the runtime, and each entry's own way to the network. */
export type Action = typeof import('./runtime.js') & { fetches(client: Client): Fetches | Promise<Fetches> };

/** What the engine's module is made of. */
export type ModuleFile = Response | { readonly default: string } | undefined;

/** The parts that make the cache run. */
export interface Parts<A extends Action = Action> {
  readonly action: A;
  /** The answer for `wasmUrl`, or the module's text where there is no such option; `undefined` where it did not come. */
  readonly file: ModuleFile;
}

/** How a client gets its parts; tests bring their own. */
export interface Loader {
  /** Why there is no point in trying again in this page. */
  refused: string | null;
  /** What is lacking here; where it is absent, {@link missing} says. */
  missing?(): string | null;
  load<A extends Action>(wasmUrl: string | URL | undefined, action: () => Promise<A>): Promise<Parts<A>>;
}

/** The loader of every client of a page. All parts are asked for at once. */
export const loader: Loader = {
  refused: null,
  async load(wasmUrl, load) {
    // Without a `wasmUrl` the copy inside the package is wanted: its module is fetched beside the others, not after.
    const wasm: Promise<ModuleFile> = wasmUrl ? fetch(wasmUrl) : import('./wasm/inline.js');
    const [action, file] = await Promise.all([load(), wasm.catch(() => undefined)]);
    return { action, file };
  },
};

/** What this environment lacks for a cache, if anything. */
export function missing(): string | null {
  try {
    if (!globalThis.indexedDB) return 'no-indexeddb';
  } catch {
    return 'no-indexeddb';
  }
  return globalThis.WebAssembly ? null : 'no-webassembly';
}
