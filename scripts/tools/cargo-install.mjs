/** Programs built from source by `cargo install`. */

import { join } from 'node:path';

import { cargoHome } from '../places.mjs';
import { answer, command, find } from '../terminal/command.mjs';
import { explainDownload } from '../terminal/ending.mjs';

/**
 * The path of `program` in exactly this version, installed if need be from the crate of that name.
 *
 * It goes where cargo installs everything, so that the next clone finds it. If another version lives there, which its
 * owner may need, it goes to a folder of its own beside it.
 */
export async function cargoInstalled({ crate, program, version }, line) {
  const shared = join(cargoHome, 'bin', program);
  const own = join(cargoHome, `${crate}-${version}`);
  const has = async (path) => (await answer(path, ['--version']))?.split(/\s+/).includes(version);
  for (const path of [find(program), shared, join(own, 'bin', program)]) {
    if (path && (await has(path))) return { path, installed: false };
  }
  const place = (await answer(shared, ['--version'])) === undefined ? cargoHome : own;
  // Without --locked: lock files that are published with tools may name dependencies that were withdrawn since.
  await command('cargo', ['install', crate, '--version', version, '--root', place], { line, log: crate }).catch((error) => {
    throw explainDownload(`${crate} ${version}`, error);
  });
  return { path: join(place, 'bin', program), installed: true };
}
