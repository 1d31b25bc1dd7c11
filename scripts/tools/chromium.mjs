/** Chromium and the driver of the same version: the browser of the tests and the benchmark. */

import { answer, find } from '../terminal/command.mjs';
import { Stop } from '../terminal/ending.mjs';
import { debianPackages } from './debian.mjs';

const browser = () => process.env.CHROMIUM || ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(find).find(Boolean);
const driver = () => process.env.CHROMEDRIVER || find('chromedriver');
const major = (version) => version?.match(/(\d+)\.\d+\.\d+/)?.[1];

/** Finds both, or installs them, and leaves their paths in the environment as CHROMIUM and CHROMEDRIVER. */
export async function chromium(line) {
  const otherwise = 'install Chromium and its chromedriver and name them in the variables CHROMIUM and CHROMEDRIVER.';
  const there = browser() && driver();
  if (!there) await debianPackages('Chromium or its driver', ['chromium', 'chromium-driver'], otherwise, line);
  const [path, driverPath] = [browser(), driver()];
  const [version, driverVersion] = (await Promise.all([path, driverPath].map((program) => program && answer(program, ['--version'])))).map(major);
  if (!version || !driverVersion) {
    throw new Stop(`Chromium (${path ?? 'not found'}) or its driver (${driverPath ?? 'not found'}) does not start: ${otherwise}`);
  }
  if (version !== driverVersion) {
    throw new Stop(`Chromium has version ${version} but its driver version ${driverVersion}, and they work only in equal versions: update one of them, or name a fitting pair in the variables CHROMIUM and CHROMEDRIVER.`);
  }
  process.env.CHROMIUM = path;
  process.env.CHROMEDRIVER = driverPath;
  return `Chromium ${version}${there ? '' : ', installed'}`;
}
