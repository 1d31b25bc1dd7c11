/** A real Chromium with a profile of its own, and its tabs. */

import { existsSync, rmSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { LIMIT, within } from './deadline.mjs';
import { temporaryFolder } from './paths.mjs';
import { Tab } from './tab.mjs';

/** The executable: the environment's `CHROMIUM`, or Debian's. */
export const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';

/** Chromium keeps its own HTTP cache out of the way (a size of 1 byte) and talks to nobody but the pages' servers. */
export const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disk-cache-size=1',
];

/**
 * Starts it. `profile`: a folder to use again; otherwise a new one, removed at the end. `backForward`: with the
 * back/forward cache, which Playwright switches off; a page comes back from it only if it was not served `no-store`.
 */
export async function openBrowser({ profile, flags = [], backForward = false } = {}) {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`there is no Chromium at ${CHROMIUM}: install Debian's "chromium", or set CHROMIUM to its path`);
  }
  const folder = profile ?? temporaryFolder('profile');
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    headless: true,
    args: [...FLAGS, ...flags],
    ignoreDefaultArgs: backForward ? ['--disable-back-forward-cache'] : [],
    timeout: 3 * LIMIT,
  });
  context.setDefaultTimeout(LIMIT);
  return new Browser(context, profile ? undefined : folder);
}

class Browser {
  constructor(context, folder) {
    this.context = context;
    this.folder = folder;
  }

  /** A new tab. `before`: functions (with one argument each, `[function, argument]`) to run before any script of its pages. */
  async tab({ before = [] } = {}) {
    const page = await this.context.newPage();
    for (const [script, argument] of before) await page.addInitScript(script, argument);
    return new Tab(page);
  }

  /** Ends it as a crash of the machine would, all its processes at once, and keeps the profile. */
  async kill() {
    const devtools = await this.context.browser().newBrowserCDPSession();
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    const gone = new Promise((go) => this.context.once('close', go));
    for (const { id } of processInfo.sort((a, b) => Number(b.type === 'browser') - Number(a.type === 'browser'))) {
      try {
        process.kill(id, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
    await within(gone, 'the end of the browser');
  }

  /** Ends the browser; Playwright waits for its process. */
  async close() {
    await this.context.close();
    if (this.folder) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
