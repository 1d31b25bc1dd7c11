/** The pages, bundled as an application's would be: split, minified, hashed by nobody. */

import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

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
  const packages = { 'hybrid-cache': join(root, 'dist/index.js'), 'hybrid-cache/angular': join(root, 'dist/angular/index.js') };
  for (const name of names) {
    // Each page by itself: what one needs must not make the others' files smaller or larger.
    await build({
      entryPoints: [join(PAGES, `${name}.js`)],
      outdir: join(site, name),
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      alias: packages,
      define: { ngDevMode: 'false', ngJitMode: 'false' },
      plugins: [linked, ...(name === 'sweep' ? [withoutMemory] : [])],
      logLevel: 'error',
    });
    const script = `<script type="module" src="/${name}/${name}.js"></script>`;
    writeFileSync(join(site, `${name}.html`), `<!doctype html><meta charset="utf-8"><title>${name}</title>${script}\n`);
  }
  copyFileSync(join(root, 'pkg/hybrid_cache_bg.wasm'), join(site, 'hybrid_cache_bg.wasm'));
}

/** Finishes what Angular's libraries leave to the application's build, as `ng build` does. */
const linked = {
  name: 'linked',
  async setup(builder) {
    const { createEs2015LinkerPlugin } = await import('@angular/compiler-cli/linker/babel');
    const { transformAsync } = createRequire(import.meta.resolve('@angular/compiler-cli'))('@babel/core');
    builder.onLoad({ filter: /[/\\](@angular|dist[/\\]angular)[/\\].*\.m?js$/ }, async ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes('ɵɵngDeclare')) return undefined;
      const plugins = [createEs2015LinkerPlugin({ fileSystem: files, logger: quiet, linkerJitMode: false })];
      const { code } = await transformAsync(source, { filename: path, plugins, compact: false, configFile: false, babelrc: false });
      return { contents: code };
    });
  },
};

/** What the linker asks of files and logs; it has no templates to find here. */
const files = { resolve: (...parts) => join(...parts), exists: () => false, dirname: (path) => path, relative: (_, to) => to, readFile: () => '' };
const quiet = { level: 1, debug() {}, info() {}, warn: console.warn, error: console.error };

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
