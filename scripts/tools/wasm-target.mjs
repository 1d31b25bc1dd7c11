/** The standard library for `wasm32-unknown-unknown`. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { answer, command } from '../terminal/command.mjs';
import { Stop, explainDownload } from '../terminal/ending.mjs';

const TARGET = 'wasm32-unknown-unknown';

/** Adds the target with rustup if the compiler in use lacks it. */
export async function wasmTarget(line) {
  const there = async () => existsSync(join(await answer('rustc', ['--print', 'sysroot']), 'lib/rustlib', TARGET, 'lib'));
  if (await there()) return `${TARGET} is there`;
  if (!(await answer('rustup', ['--version']))) {
    throw new Stop(`The Rust target ${TARGET} is missing and there is no rustup to add it: install the target with your distribution or install Rust through https://rustup.rs, and run the command again.`);
  }
  await command('rustup', ['target', 'add', TARGET], { line }).catch((error) => {
    throw explainDownload(`The Rust target ${TARGET}`, error);
  });
  return `added ${TARGET}`;
}
