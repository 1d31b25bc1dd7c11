import type { HybridCacheConsole } from './types.js';

/** Puts a look inside on `window.hybridCache`; the answer takes it away again. */
export function expose(client: HybridCacheConsole): () => void {
  const page = globalThis.window as (Window & { hybridCache?: HybridCacheConsole }) | undefined;
  if (!page) return () => {};
  const console: HybridCacheConsole = {
    stats: () => client.stats(),
    entries: () => client.entries(),
    version: () => client.version(),
    explain: (url) => client.explain(url),
    diagnose: (url, headers) => client.diagnose(url, headers),
    clear: (options) => client.clear(options),
  };
  page.hybridCache = console;
  return () => {
    if (page.hybridCache === console) delete page.hybridCache;
  };
}
