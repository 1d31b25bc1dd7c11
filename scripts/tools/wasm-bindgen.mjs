/** The wasm-bindgen CLI: it writes the glue, and must have the very version of the crate. */

import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { root } from '../places.mjs';
import { Stop } from '../terminal/ending.mjs';
import { cargoInstalled } from './cargo-install.mjs';

/** The version that Cargo.lock has settled on. */
export function wasmBindgenVersion() {
  const version = readFileSync(join(root, 'Cargo.lock'), 'utf8').match(/name = "wasm-bindgen"\nversion = "([^"]+)"/)?.[1];
  if (!version) throw new Stop('Cargo.lock names no version of wasm-bindgen: run `cargo metadata` in the repository to write it anew.');
  return version;
}

/** Installs the CLI if need be (5 to 10 minutes, once) and puts it, with its test runner, first on PATH. */
export async function wasmBindgen(line) {
  const version = wasmBindgenVersion();
  const { path, installed } = await cargoInstalled({ crate: 'wasm-bindgen-cli', program: 'wasm-bindgen', version }, line);
  process.env.PATH = `${dirname(path)}${delimiter}${process.env.PATH}`;
  return installed ? `built ${version}` : version;
}
