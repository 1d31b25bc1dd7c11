/** The TypeScript half: `js/` by tsc, `js/angular/` by Angular's compiler in partial mode, both into `dist/`. */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../places.mjs';
import { alone } from '../terminal/alone.mjs';
import { command } from '../terminal/command.mjs';
import { unlessUnchanged } from '../unchanged.mjs';

/** Every file below a folder, relative to it. */
function files(folder) {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder, { withFileTypes: true, recursive: true });
  return below.filter((item) => item.isFile()).map((item) => join(item.parentPath ?? item.path, item.name).slice(folder.length + 1));
}

/** What `dist/` holds apart from `dist/wasm`, which is not TypeScript's. */
const written = () => files(join(root, 'dist')).filter((path) => !path.startsWith('wasm/'));

/** What the sources compile to. */
function expected() {
  const sources = files(join(root, 'js')).filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));
  return new Set(sources.flatMap((path) => [path.replace(/ts$/, 'js'), path.replace(/ts$/, 'd.ts')]));
}

/** Compiles and checks all TypeScript of the package, unless neither sources nor results have changed. */
export const buildTypeScript = alone(async (line) => {
  const inputs = ['js', 'tsconfig.json', 'tsconfig.angular.json', 'package-lock.json'].map((path) => join(root, path));
  const outputs = () => [...expected(), ...written()].map((path) => join(root, 'dist', path));
  const compile = (compiler, configuration) => command(join(root, 'node_modules/.bin', compiler), ['-p', configuration], { line, log: 'typescript' });
  const done = await unlessUnchanged('typescript', { inputs, outputs }, async () => {
    // The client first and alone: it must compile with no Angular in sight.
    await compile('tsc', 'tsconfig.json');
    await compile('ngc', 'tsconfig.angular.json');
    // What a source left behind that is gone would be packed.
    const kept = expected();
    for (const path of written()) if (!kept.has(path)) rmSync(join(root, 'dist', path));
  });
  return done ? '' : 'unchanged';
});
