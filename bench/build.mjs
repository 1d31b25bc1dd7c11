/** The pages, bundled as an application's would be: split, minified, hashed by nobody. */

import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { linked, PRODUCTION } from '../scripts/build/linked.mjs';
import { builtPackage } from '../tests/support/paths.mjs';

const PAGES = fileURLToPath(new URL('pages/', import.meta.url));
const SHARED = ['angular', 'body', 'client', 'page', 'played', 'yardstick', 'no-memory'];

/** Bundles them into `site`, a folder that is emptied first. */
export async function buildSite(site) {
  const root = builtPackage();
  rmSync(site, { recursive: true, force: true });
  mkdirSync(site, { recursive: true });
  const names = readdirSync(PAGES)
    .map((file) => basename(file, '.js'))
    .filter((name) => !SHARED.includes(name));
  for (const name of names) {
    // Each page by itself: what one needs must not make the others' files smaller or larger.
    await build({
      ...bundling(),
      entryPoints: [join(PAGES, `${name}.js`)],
      outdir: join(site, name),
      plugins: [linked, ...(name === 'sweep' ? [withoutMemory] : [])],
    });
    const script = `<script type="module" src="/${name}/${name}.js"></script>`;
    writeFileSync(join(site, `${name}.html`), `<!doctype html><meta charset="utf-8"><title>${name}</title>${script}\n`);
  }
  copyFileSync(join(root, 'pkg/hybrid_cache_bg.wasm'), join(site, 'hybrid_cache_bg.wasm'));
}

/** How an application would be bundled. */
export function bundling() {
  const root = builtPackage();
  return {
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    alias: {
      'hybrid-cache': join(root, 'dist/index.js'),
      'hybrid-cache/angular': join(root, 'dist/angular/index.js'),
      'hybrid-cache/encryption': join(root, 'dist/encryption/index.js'),
    },
    define: PRODUCTION,
    plugins: [linked],
    logLevel: 'error',
  };
}

/** Gives the engine's memory layer no room, so that every hit is one from IndexedDB. */
const withoutMemory = {
  name: 'without-memory',
  setup(builder) {
    builder.onLoad({ filter: /[/\\]pkg[/\\]hybrid_cache\.js$/ }, ({ path, suffix }) => {
      if (suffix) return undefined;
      const wrapper = readFileSync(join(PAGES, 'no-memory.js'), 'utf8');
      return { contents: wrapper.replaceAll('the-real-glue', `${path}?real`), resolveDir: PAGES };
    });
    builder.onResolve({ filter: /\?real$/ }, ({ path }) => ({ path: path.slice(0, -'?real'.length), suffix: '?real' }));
  },
};
