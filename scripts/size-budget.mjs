/** What the package may weigh, in KB (1000 bytes) of brotli 11: what a page pays before the cache can answer. */
export const BUDGET = {
  /** What is in the application's own bundle because it imports an entry: read before the page can start. */
  eager: 6,
  /** The eager part and all that follows by itself: runtime, glue and WebAssembly module, as text or as a file. */
  everything: 40,
  /** All of `dist/angular/` that an application with {@link IMPORTS} loads, without what it shares with other pages. */
  angular: 4,
};

/** The entries of the package, each measured as if an application imported nothing else of it. */
export const ENTRIES = {
  'hybrid-cache': 'dist/index.js',
  'hybrid-cache/angular': 'dist/angular/index.js',
};

/** What an application imports of an entry to begin with; of the others, everything. What else there is costs who uses it. */
export const IMPORTS = {
  'hybrid-cache/angular': ['provideHybridCache', 'hybridCacheInterceptor', 'HybridCache', 'withCache', 'skipCache', 'refreshCache'],
};

/** The module as text, which `wasmUrl` replaces by the file. */
export const TEXT = 'dist/wasm/inline.js';
export const FILE = 'pkg/hybrid_cache_bg.wasm';

/** No part of what a page must load: for an inspection, a misspelt option or a warning. */
const ASKED_FOR = [
  'dist/inspect.js',
  'dist/wasm/inspect-inline.js',
  'pkg/inspect/hybrid_cache_inspect.js',
  'dist/spelling.js',
  'dist/warnings.js',
];
/** The same by entry. With Angular the cache has its own way past `fetch`, and only `prefetch()` loads the other. */
export const ON_DEMAND = { 'hybrid-cache': ASKED_FOR, 'hybrid-cache/angular': [...ASKED_FOR, 'dist/fetch.js'] };

/** Left out of the bundles: the application has them anyway. */
export const EXTERNAL = ['@angular/*', 'rxjs', 'rxjs/*'];
