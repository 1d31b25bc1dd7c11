/** Where things are. */

import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A folder for what tests keep between runs; not committed. */
export function cacheFolder(...names) {
  const folder = join(ROOT, '.cache', ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A new, empty folder outside the repository. */
export function temporaryFolder(name) {
  return mkdtempSync(join(tmpdir(), `hybrid-cache-${name}-`));
}

/** The package as it lies in the tree; an error that says what to do if it has not been built. */
export function builtPackage() {
  for (const part of ['dist/index.js', 'dist/wasm/inline.js', 'pkg/hybrid_cache.js', 'pkg/hybrid_cache_bg.wasm']) {
    if (!existsSync(join(ROOT, part))) throw new Error(`${part} is missing: run "npm run build" first`);
  }
  return process.env.HC_PKG ?? ROOT;
}
