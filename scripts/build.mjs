/**
 * `npm run build`: both WebAssembly modules into `pkg/`, the TypeScript into `dist/`, then the size report.
 *
 * `npm run build:wasm` and `npm run build:js` do one part.
 */

import { FOR_BUILD, bootstrap } from './bootstrap.mjs';
import { buildTypeScript } from './build/typescript.mjs';
import { buildWasm } from './build/wasm.mjs';
import { size } from './size.mjs';
import { step } from './terminal/step.mjs';
import { Stop, isStarted, main } from './terminal/ending.mjs';

const PARTS = {
  wasm: { tools: FOR_BUILD, work: () => step('WebAssembly modules', buildWasm) },
  js: { tools: ['node', 'npm'], work: () => step('TypeScript', buildTypeScript) },
  size: { tools: ['node', 'npm'], work: size },
};

/** Builds the named parts. */
export async function build(parts = Object.keys(PARTS)) {
  for (const part of parts) await PARTS[part].work();
}

if (isStarted(import.meta.url)) {
  await main(async () => {
    const asked = process.argv.slice(2);
    const unknown = asked.find((part) => !Object.hasOwn(PARTS, part));
    if (unknown) throw new Stop(`There is nothing called "${unknown}" to build: choose among ${Object.keys(PARTS).join(', ')}.`);
    const parts = asked.length ? asked : Object.keys(PARTS);
    await bootstrap([...new Set(parts.flatMap((part) => PARTS[part].tools))]);
    await build(parts);
  });
}
