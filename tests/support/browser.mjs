/** A real browser with a profile of its own, and its tabs. */

import { existsSync, rmSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { LIMIT, within } from './deadline.mjs';
import { ENGINE } from './engine.mjs';
import { launchFirefox } from './firefox.mjs';
import { temporaryFolder } from './paths.mjs';
import { serve } from './process.mjs';
import { Tab } from './tab.mjs';
import { launchWebKit } from './webkit/launch.mjs';

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

const LAUNCH = { chromium: launchChromium, firefox: launchFirefox, webkit: launchWebKit };

/**
 * Starts the one that `HYBRID_CACHE_BROWSER` names, Chromium otherwise. `profile`: a folder to use again; otherwise a new
 * one, removed at the end. `flags`: for Chromium. `backForward`: with the back/forward cache, which Playwright switches
 * off in Chromium; a page comes back from it only if it was not served `no-store`.
 */
export async function openBrowser({ profile, flags = [], backForward = false } = {}) {
  if (!LAUNCH[ENGINE]) throw new Error(`HYBRID_CACHE_BROWSER is "${ENGINE}"; it may be ${Object.keys(LAUNCH).join(', ')}`);
  const folder = profile ?? temporaryFolder('profile');
  const context = await LAUNCH[ENGINE](folder, { flags, backForward });
  context.setDefaultTimeout(LIMIT);
  return new Browser(context, profile ? undefined : folder);
}

function launchChromium(folder, { flags, backForward }) {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`there is no Chromium at ${CHROMIUM}: install Debian's "chromium", or set CHROMIUM to its path`);
  }
  return chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    headless: true,
    args: [...FLAGS, ...flags],
    ignoreDefaultArgs: backForward ? ['--disable-back-forward-cache'] : [],
    timeout: 3 * LIMIT,
  });
}

/** So that what a page in the background does is not a matter of how long it has been there. */
const UNTHROTTLED = ['--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding', '--disable-hang-monitor'];

/**
 * Starts it as a person would: of all tabs one is visible, one in the background can be frozen, and the back/forward cache
 * is on. (Playwright tells every page of a browser it starts itself that it is looked at.)
 */
export async function openNaturally({ profile, flags = [] }) {
  const started = await serve(CHROMIUM, [...FLAGS, ...UNTHROTTLED, ...flags, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'], {
    ready: /DevTools listening on (ws:\S+)/,
  });
  const connection = await chromium.connectOverCDP(started.found[1], { noDefaults: true, timeout: 3 * LIMIT });
  const [context] = connection.contexts();
  context.setDefaultTimeout(LIMIT);
  return new Browser(context, undefined, started);
}

class Browser {
  constructor(context, folder, started) {
    this.context = context;
    this.folder = folder;
    this.started = started;
  }

  /** A new tab. `before`: functions (with one argument each, `[function, argument]`) to run before any script of its pages. */
  async tab({ before = [] } = {}) {
    const page = await this.context.newPage();
    for (const [script, argument] of before) await page.addInitScript(script, argument);
    return new Tab(page);
  }

  /** From now on, two requests of this tab for one URL are under way at once, past the browser's own HTTP cache. */
  async passHttpCache(tab) {
    if (ENGINE !== 'chromium') return; // The others do so anyway.
    const devtools = await this.context.newCDPSession(tab.page);
    await devtools.send('Network.enable');
    await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  }

  /** Ends Chromium as a crash of the machine would, all its processes at once, and keeps the profile. */
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

  /** Ends the browser, and waits for its process. */
  async close() {
    if (this.started) await this.started.stop();
    else await this.context.close();
    if (this.folder) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
