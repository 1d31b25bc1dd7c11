/** Firefox and its driver: the full tests run in a second engine. */

import { answer, find } from '../terminal/command.mjs';
import { Stop } from '../terminal/ending.mjs';
import { cargoInstalled } from './cargo-install.mjs';
import { debianPackages } from './debian.mjs';

/** Of geckodriver, which Debian 12 has no package of. */
const DRIVER = '0.37.1';

const browser = () => process.env.FIREFOX || ['firefox-esr', 'firefox'].map(find).find(Boolean);

/** Finds Firefox or installs it, takes geckodriver or builds it, and leaves their paths as FIREFOX and GECKODRIVER. */
export async function firefox(line) {
  const otherwise = 'install Firefox and name it in the variable FIREFOX.';
  const there = browser();
  if (!there) await debianPackages('Firefox', ['firefox-esr'], otherwise, line);
  const path = browser();
  const version = (path && (await answer(path, ['--version'])))?.match(/\d+\.\d+\S*/)?.[0];
  if (!version) throw new Stop(`Firefox (${path ?? 'not found'}) does not start: ${otherwise}`);
  process.env.FIREFOX = path;
  const given = process.env.GECKODRIVER;
  if (given && (await answer(given, ['--version'])) === undefined) throw new Stop(`GECKODRIVER names ${given}, which does not start: name one that does, or unset it to have it built.`);
  const driver = given ? { path: given } : await cargoInstalled({ crate: 'geckodriver', program: 'geckodriver', version: DRIVER }, line);
  process.env.GECKODRIVER = driver.path;
  return `Firefox ${version}${there ? '' : ', installed'}; geckodriver${driver.installed ? ' built' : ''}`;
}
