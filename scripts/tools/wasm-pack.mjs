/** wasm-pack, which the build does not need: the full tests show that it works with the crate as it is. */

import { delimiter, dirname, join } from 'node:path';

import { root } from '../places.mjs';
import { answer, find } from '../terminal/command.mjs';
import { cargoInstalled } from './cargo-install.mjs';

const VERSION = '0.15.1';

/** Accepts any wasm-pack on PATH, installs one otherwise. Its wasm-opt is the one among the npm packages. */
export async function wasmPack(line) {
  process.env.PATH = `${process.env.PATH}${delimiter}${join(root, 'node_modules/.bin')}`;
  const present = find('wasm-pack') && (await answer('wasm-pack', ['--version']));
  if (present) return present;
  const { path } = await cargoInstalled({ crate: 'wasm-pack', program: 'wasm-pack', version: VERSION }, line);
  process.env.PATH = `${dirname(path)}${delimiter}${process.env.PATH}`;
  return `built ${VERSION}`;
}
