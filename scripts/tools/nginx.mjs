/** nginx, a caching proxy for the tests to put in front of the server. */

import { answer, find } from '../terminal/command.mjs';
import { Stop } from '../terminal/ending.mjs';
import { debianPackages } from './debian.mjs';

/** Finds nginx or installs it. */
export async function nginx(line) {
  // Debian keeps it where only root's PATH leads.
  if (!find('nginx')) process.env.PATH += ':/usr/sbin';
  const there = find('nginx');
  const otherwise = 'install nginx.';
  if (!there) await debianPackages('nginx', ['nginx-light'], otherwise, line);
  if (!find('nginx') || (await answer('nginx', ['-h'])) === undefined) throw new Stop(`nginx does not start: ${otherwise}`);
  return there ? 'there' : 'installed';
}
