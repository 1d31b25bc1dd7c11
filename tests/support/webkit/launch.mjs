/** Debian's WebKitGTK: its driver, which starts the MiniBrowser. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { Page } from './page.mjs';
import { WebDriver } from './webdriver.mjs';

/** The driver: the environment's `SAFARIDRIVER`, or Debian's. */
const DRIVER = process.env.SAFARIDRIVER || '/usr/bin/WebKitWebDriver';

/**
 * Starts it; answers what stands for Playwright's context. Under a driver, MiniBrowser keeps nothing on the disk: it is a
 * private window's storage. It opens windows, so there has to be a display.
 */
export async function launchWebKit(folder) {
  if (!process.env.DISPLAY) throw new Error('WebKit needs a display: put "xvfb-run --auto-servernum" in front of the command');
  // Under Xvfb the graphics card is emulated, and composing pages with it costs more than all the rest.
  const env = { HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run'), WEBKIT_DISABLE_COMPOSITING_MODE: '1' };
  mkdirSync(env.XDG_RUNTIME_DIR, { recursive: true, mode: 0o700 });
  const driver = await WebDriver.start(DRIVER, { env });
  // The session ends with its last window, so the first one stays.
  return new Context(driver, await driver.call('GET', '/window'));
}

class Context {
  constructor(driver, first) {
    this.driver = driver;
    this.first = first;
  }

  setDefaultTimeout() {}

  async newPage() {
    const { handle } = await this.driver.within(this.first, () => this.driver.call('POST', '/window/new', { type: 'window' }));
    // As large as a page is in the other browsers; WebKit does not click on what is out of sight.
    await this.driver.within(handle, () => this.driver.call('POST', '/window/rect', { width: 1280, height: 900 }));
    return new Page(this.driver, handle);
  }

  /** A driver sets cookies only for the page it is on. */
  addCookies(cookies) {
    return this.driver.within(this.first, async () => {
      for (const { name, value, url } of cookies) {
        await this.driver.call('POST', '/url', { url: `${url}/blank.html` });
        await this.driver.call('POST', '/cookie', { cookie: { name, value } });
      }
    });
  }

  close() {
    return this.driver.stop();
  }
}
