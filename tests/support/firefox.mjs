/** Debian's own Firefox, over the standard protocol: WebDriver BiDi, not the one of Playwright's patched builds. */

import { existsSync } from 'node:fs';

import { firefox } from 'playwright-core';

import { LIMIT } from './deadline.mjs';

/** The executable: the environment's `FIREFOX`, or Debian's. */
const FIREFOX = process.env.FIREFOX || '/usr/bin/firefox-esr';

/** Firefox keeps its own HTTP cache out of the way, and a page may come back from the back/forward cache. */
const PREFERENCES = {
  'browser.cache.disk.enable': false,
  'browser.cache.memory.enable': false,
};

/** Starts it with the profile in `folder`; answers Playwright's context. */
export function launchFirefox(folder) {
  if (!existsSync(FIREFOX)) throw new Error(`there is no Firefox at ${FIREFOX}: install Debian's "firefox-esr", or set FIREFOX to its path`);
  return firefox.launchPersistentContext(folder, {
    channel: 'moz-firefox',
    executablePath: FIREFOX,
    headless: true,
    firefoxUserPrefs: PREFERENCES,
    timeout: 6 * LIMIT,
  });
}
