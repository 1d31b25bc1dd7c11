/** Packages of Debian and its relatives. */

import { command, find } from '../terminal/command.mjs';
import { CommandFailed, Stop, explainDownload } from '../terminal/ending.mjs';

/**
 * Installs packages with apt-get, as root or through sudo. `what` names them for people; `otherwise` says what to do
 * where that is not possible.
 */
export async function debianPackages(what, packages, otherwise, line) {
  if (!find('apt-get')) throw new Stop(`${what} is missing, and this machine has no apt-get to install it with: ${otherwise}`);
  const asRoot = process.getuid?.() === 0;
  const asks = process.stdin.isTTY && !process.env.CI;
  const silent = asRoot || (find('sudo') && (await command('sudo', ['-n', 'true']).then(() => true, () => false)));
  if (!silent && !(asks && find('sudo'))) {
    throw new Stop(`${what} is missing, and installing it needs root: run \`sudo apt-get install ${packages.join(' ')}\`, or ${otherwise}`);
  }
  const prefix = [...(asRoot ? [] : silent ? ['sudo', '-n'] : ['sudo']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120'];
  const apt = (...args) => command(prefix[0], [...prefix.slice(1), ...args], { line, log: 'apt-get', terminal: !silent });
  const install = () => apt('install', '--yes', '--no-install-recommends', ...packages);
  // The lists of a fresh machine are empty or old; then the first attempt fails at once.
  const installed = await install().then(() => true, () => false);
  if (installed) return;
  let updating = '';
  try {
    updating = await apt('update');
    await install();
  } catch (error) {
    // Without a network `update` only warns, and `install` then knows no such package.
    if (error instanceof CommandFailed) error.output = `${updating}${error.output}`;
    throw explainDownload(what, error);
  }
}
