/** Angular libraries as they are in an application's bundle. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What `ng build` defines for production. */
export const PRODUCTION = { ngDevMode: 'false', ngJitMode: 'false' };

/** Finishes what Angular's libraries leave to the application's build, as `ng build` does. */
export const linked = {
  name: 'linked',
  async setup(builder) {
    const { createEs2015LinkerPlugin } = await import('@angular/compiler-cli/linker/babel');
    const { transformAsync } = createRequire(import.meta.resolve('@angular/compiler-cli'))('@babel/core');
    builder.onLoad({ filter: /[/\\](@angular|@ngneat|dist[/\\]angular)[/\\].*\.m?js$/ }, async ({ path }) => {
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
