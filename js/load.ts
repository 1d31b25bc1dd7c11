/** Where the parts are that are loaded only when they are needed. Nothing here runs before `load()` is called. */

/** The parts that make the cache run. */
export interface Parts {
  readonly runtime: typeof import('./runtime.js');
  /** The answer for `wasmUrl`; `undefined` where there is no such option or no answer. */
  readonly file: Response | undefined;
}

/** How a client gets its parts; tests bring their own. */
export interface Loader {
  /** Why there is no point in trying again in this page. */
  refused: string | null;
  /** What is lacking here; where it is absent, {@link missing} says. */
  missing?(): string | null;
  load(wasmUrl: string | URL | undefined): Promise<Parts>;
}

/** The loader of every client of a page. All parts are asked for at once. */
export const loader: Loader = {
  refused: null,
  async load(wasmUrl) {
    // Without a `wasmUrl` the copy inside the package is wanted: its module is fetched beside the others, not after.
    const wasm = wasmUrl ? fetch(wasmUrl).catch(() => undefined) : void import('./wasm/inline.js').catch(() => undefined);
    const [runtime, file] = await Promise.all([import('./runtime.js'), wasm]);
    return { runtime, file };
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
