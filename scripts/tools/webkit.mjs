/** WebKit as Debian has it, its driver, and a display for it: the full tests run in a third engine. */

import { answer, find } from '../terminal/command.mjs';
import { Stop } from '../terminal/ending.mjs';
import { debianPackages } from './debian.mjs';

const driver = () => process.env.SAFARIDRIVER || find('WebKitWebDriver');
const display = () => find('xvfb-run') && find('Xvfb') && find('xauth');

/**
 * Finds WebKitGTK's driver and Xvfb or installs them, and leaves the driver's path as SAFARIDRIVER, the name that
 * wasm-bindgen's runner has for it.
 */
export async function webkit(line) {
  const otherwise = "install WebKitGTK's WebKitWebDriver and MiniBrowser, which SAFARIDRIVER can name, and Xvfb with xvfb-run.";
  const there = driver() && display();
  // The driver brings MiniBrowser, which knows no headless mode.
  if (!there) await debianPackages('WebKitGTK, its driver or Xvfb', ['webkit2gtk-driver', 'xvfb', 'xauth'], otherwise, line);
  const path = driver();
  if (!path || (await answer(path, ['--help'])) === undefined || !display()) throw new Stop(`WebKitGTK's driver (${path ?? 'not found'}) or Xvfb does not start: ${otherwise}`);
  process.env.SAFARIDRIVER = path;
  const version = (await answer('dpkg-query', ['--show', '--showformat=${Version}', 'webkit2gtk-driver']))?.split('-')[0];
  return `WebKitGTK${version ? ` ${version}` : ''}${there ? '' : ', installed'}`;
}
