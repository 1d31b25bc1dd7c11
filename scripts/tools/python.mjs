/** Python 3 with its standard library: the contract is also read by a server that is written in it. */

import { answer } from '../terminal/command.mjs';
import { Stop } from '../terminal/ending.mjs';
import { debianPackages } from './debian.mjs';

/** Finds python3 or installs it. */
export async function python(line) {
  const version = () => answer('python3', ['--version']);
  const there = await version();
  if (!there) await debianPackages('Python 3', ['python3'], 'install Python 3.9 or newer as `python3`.', line);
  if (!there && !(await version())) throw new Stop('Python 3 does not start: install Python 3.9 or newer as `python3` and run the command again.');
  return there ?? 'installed';
}
