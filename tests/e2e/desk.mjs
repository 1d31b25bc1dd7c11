/** The demo in one tab, as a person at the desk sees it. Elements and their attributes: angular-demo/README.md. */

import { join } from 'node:path';

import { until } from '../support/deadline.mjs';
import { ENGINE } from '../support/engine.mjs';
import { cacheFolder } from '../support/paths.mjs';

export class Desk {
  constructor(tab) {
    this.tab = tab;
    this.page = tab.page;
  }

  element(name) {
    return this.page.getByTestId(name);
  }

  click(name) {
    return this.element(name).first().click();
  }

  /**
   * Loads the page again until its list came from IndexedDB, and answers how many requests for invoices the server saw of
   * that. The demo gives a lookup 150 ms; where loading the cache takes longer, on a busy machine, it is the network's turn.
   */
  reloadFromStorage(api) {
    let seen;
    return until('a list from IndexedDB after a reload', async () => {
      const before = await api.requests();
      await this.page.reload();
      await this.listed();
      const first = (await this.timeline()).at(-1);
      seen = (await api.requests()) - before;
      return first.outcome === 'hit' && first.layer === 'indexeddb';
    }, 30_000).then(() => seen);
  }

  /** An attribute of an element, `null` without either. */
  attribute(name, attribute) {
    return this.page.evaluate(([n, a]) => document.querySelector(`[data-testid="${n}"]`)?.getAttribute(a) ?? null, [name, attribute]);
  }

  async open(origin, path = '/') {
    await this.page.goto(origin + path);
  }

  /** From the sign-in page to the list. */
  async signIn(name) {
    await this.click(`sign-in-${name}`);
    await this.listed();
  }

  async signOut() {
    await this.click('sign-out');
    await this.element('sign-in-alice').waitFor();
  }

  /**
   * Resolves when a list is on screen and is not outdated. On a busy machine it may have come before the cache was there
   * (R0); then no version is known until the next answer, so one is asked for.
   */
  async listed() {
    await this.element('invoice-row').first().waitFor();
    await this.current(3_000).catch(() => this.ask());
  }

  /** Resolves when what is on screen belongs to the version the cache knows. */
  async current(limit) {
    await until('an answer on screen that is not outdated', () => this.page.evaluate(() => {
      const shown = document.querySelector('[data-testid="shown-version"]');
      const known = document.querySelector('[data-testid="version-badge"]');
      return shown?.dataset.outdated === 'false' && shown.dataset.version === known?.dataset.version;
    }), limit);
  }

  /** The invoices on screen, `[[id, status], ...]`. */
  rows() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('[data-testid="invoice-row"]')].map((row) => [
        Number(row.dataset.invoiceId),
        row.querySelector('[data-testid="invoice-status"]').dataset.status,
      ]),
    );
  }

  /** What the rows say, in words. */
  words() {
    return this.element('invoice-row').allInnerTexts();
  }

  async version() {
    const version = await this.attribute('version-badge', 'data-version');
    return version === null ? null : Number(version);
  }

  /** What the timeline says of requests, newest first: `[{ outcome, layer, text }, ...]`. */
  timeline() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('[data-testid="timeline-row"]')].map(({ dataset: { outcome, layer, text } }) => ({ outcome, layer, text })),
    );
  }

  /** Asks for what is on screen again, and answers how the timeline says it was answered, once all is current. */
  async ask(button = 'ask-again') {
    await this.press(button);
    await this.current();
    return (await this.timeline())[0];
  }

  /** Asks again until the cache answers. Its version may be unknown until the second answer, so none is waited for. */
  async cached() {
    await until('a hit again', async () => {
      await this.press('ask-again');
      return (await this.timeline())[0].outcome === 'hit';
    });
    await this.current();
  }

  /** Presses a button that asks for what is on screen again, and waits until that is answered. */
  async press(button) {
    const before = await this.answered();
    await this.click(button);
    await until('an answer', async () => (await this.answered()) > before);
  }

  /** How many requests were answered since the page was loaded; the panel's own questions to the server do not count. */
  async answered() {
    return Number(await this.attribute('timeline', 'data-answers'));
  }

  /**
   * From now on notes every version that the answer on screen belonged to; `noted()` answers them in order. Nothing
   * older than what was shown once may be shown again.
   */
  async watchVersions() {
    await this.page.evaluate(() => {
      const noted = [];
      const look = () => {
        const version = document.querySelector('[data-testid="shown-version"]')?.dataset.version;
        if (version && noted.at(-1) !== Number(version)) noted.push(Number(version));
      };
      look();
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
      globalThis.notedVersions = noted;
    });
    return { noted: () => this.page.evaluate(() => globalThis.notedVersions) };
  }

  /** A picture for people, in `.cache/screenshots`. */
  async picture(name) {
    await this.page.evaluate(() => document.fonts.ready);
    const file = ENGINE === 'chromium' ? `${name}.png` : `${name}-${ENGINE}.png`;
    await this.page.screenshot({ path: join(cacheFolder('screenshots'), file), animations: 'disabled' });
  }
}
