/** wrk, which sends the requests that the server's benchmark counts. */

import { find } from '../terminal/command.mjs';
import { Stop } from '../terminal/ending.mjs';
import { debianPackages } from './debian.mjs';

/** Finds wrk or installs it. */
export async function wrk(line) {
  const there = find('wrk');
  const otherwise = 'install wrk.';
  if (!there) await debianPackages('wrk', ['wrk'], otherwise, line);
  if (!find('wrk')) throw new Stop(`wrk was not found after it was installed: ${otherwise}`);
  return there ? 'there' : 'installed';
}
