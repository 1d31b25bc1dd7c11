/** A C compiler: Rust links with it, and SQLite is compiled by it. */

import { find } from '../terminal/command.mjs';
import { debianPackages } from './debian.mjs';

/** Installs gcc if there is no `cc`. */
export async function cCompiler(line) {
  if (find('cc')) return 'cc is there';
  await debianPackages('A C compiler (`cc`)', ['gcc', 'libc6-dev'], 'install gcc or clang, and run the command again.', line);
  return 'installed gcc';
}
