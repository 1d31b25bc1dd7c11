/** One browser and its tabs: opening them, what they are asked, who is named there, and their sleep. */

import { rmSync } from 'node:fs';

import { openNaturally } from '../support/browser.mjs';
import { LIMIT, within } from '../support/deadline.mjs';
import { temporaryFolder } from '../support/paths.mjs';
import { hurry, loseStorageEvents, refuseWrites } from '../support/storage.mjs';
import { chaosPage } from './page.mjs';

export class Tabs {
  /** In the order of their numbers. */
  all = [];
  /** Tabs that were frozen and went on, and pages that came back from the back/forward cache. */
  thawed = 0;
  returned = 0;
  /** What is under way in pages. */
  underWay = new Set();
  #observer;
  #flags;
  #script;
  #profile = temporaryFolder('chaos');
  #browser;
  #pages = 0;

  /** `flags`: of the browser; `script`: what else is put into every page, a function. */
  constructor(observer, flags, script) {
    this.#observer = observer;
    this.#flags = flags;
    this.#script = script;
  }

  /** Starts the browser, with one tab for each of `seats`: `{ site, named }`. The profile is the same every time. */
  async open(seats) {
    this.#browser = await openNaturally({ profile: this.#profile, flags: this.#flags });
    this.all = [];
    for (const site of new Set(seats.map((seat) => seat.site))) if (site.session === 'cookie') await this.signIn(site, site.signedIn ?? site.people[0]);
    for (const [at, { site, named }] of seats.entries()) await this.openTab(at, site, named);
  }

  async openTab(at, site, named) {
    const before = [[loseStorageEvents], [refuseWrites], [hurry], [chaosPage]];
    if (this.#script) before.push([this.#script]);
    const tab = await this.#browser.tab({ before });
    Object.assign(tab, { at, site, user: named ?? site.people[0], named, absences: 0, pending: new Set() });
    this.all[at] = tab;
    // As if each were looked at: a browser takes its time with what is in the background.
    tab.devtools = await this.#browser.context.newCDPSession(tab.page);
    await tab.devtools.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    await tab.open(site.server);
    await this.start(tab);
  }

  start(tab) {
    const { site, named } = tab;
    tab.life = ++this.#pages;
    const options = { session: site.session, userIs: site.session === 'cookie' ? 'scope' : 'name', lookupTimeout: 500 };
    return this.naming(tab, () =>
      tab.run(
        ([given, user]) => {
          globalThis.named = user;
          globalThis.start(given);
        },
        [{ ...options, user: site.called(named) }, named],
      ),
    );
  }

  /** At a cookie's site a page names somebody by `run`: once that is on record, the others are displaced (S6). */
  async naming(tab, run) {
    const { site, life, named } = tab;
    if (site.session !== 'cookie' || named === null) return run();
    const done = this.#observer.names(named);
    const since = Date.now();
    try {
      await run();
    } catch (error) {
      done();
      throw error;
    }
    const confirmed = tab
      .run(() => globalThis.wipe('/api/none'), undefined, 6 * LIMIT)
      .then(({ ended, durable, renamed }) => {
        if (!durable || renamed) return;
        for (const other of site.people) if (other !== named) this.#observer.displaced(other, since, ended);
      })
      .finally(done);
    this.follow(tab, life, confirmed, 'setUser()');
  }

  async signIn(site, name) {
    const done = this.#observer.signsIn(name, site.people.filter((other) => other !== name));
    site.signedIn = name;
    await this.#browser.context.addCookies([{ name: 'user', value: name, url: site.server.origin }]);
    done();
  }

  /** This tab, or the next one of its site that is not asleep. */
  async awake(tab) {
    const beside = this.all.filter(({ site }) => site === tab.site);
    const found = [...beside.slice(beside.indexOf(tab)), ...beside].find(({ asleep }) => !asleep);
    if (!found) await this.wake(tab);
    return found ?? tab;
  }

  ask(tab, path, method, look) {
    const { life, user, site } = tab;
    const cookie = site.session === 'cookie';
    const asked = (async () => {
      const answer = await tab.run(([p, u, i]) => globalThis.ask(p, u, i), [path, cookie ? undefined : user, method === 'GET' ? undefined : { method }], 6 * LIMIT);
      const held = site.server.wasHeld(path, answer.began) || tab.sleptUntil >= answer.began;
      look?.(answer);
      this.#observer.answered({ page: life, user: cookie ? answer.askedAs : user, cookie, path, method, held, ...answer });
    })();
    this.follow(tab, life, asked, `${method} ${path}`);
    return asked;
  }

  /**
   * Something a page does; that its page went away is no failure. Nor is it that nothing comes of what was under way when
   * the page was frozen: Chromium loses such responses now and then, with a cache or without.
   */
  follow(tab, life, promise, what) {
    const { absences, pending } = tab;
    let giveUp;
    const lost = new Promise((go) => (giveUp = go));
    pending.add(giveUp);
    const followed = Promise.race([promise, lost])
      .catch((error) => {
        if (tab.life === life && tab.absences === absences && !tab.gone) this.#observer.report('I5', `${what} in page ${life}: ${error.message.split('\n')[0]}`);
      })
      .finally(() => {
        pending.delete(giveUp);
        this.underWay.delete(followed);
      });
    this.underWay.add(followed);
  }

  async name(tab, named) {
    tab.named = named;
    if (named !== null) tab.user = named;
    const run = tab.run.bind(tab, ([called, user]) => globalThis.nameUser(called, user), [tab.site.called(named), named]);
    const done = this.naming(tab, run);
    this.follow(tab, tab.life, done, 'setUser()');
    await done.catch(() => {});
  }

  /** A tab in the background is frozen, or (`away`) its page is left for another one. */
  async sleep(tab, how) {
    const looked = this.all.find((other) => other !== tab && !other.asleep);
    if (!looked) return;
    await looked.page.bringToFront();
    Object.assign(tab, { asleep: how, sleptUntil: Infinity });
    if (how === 'frozen') {
      await tab.devtools.send('Emulation.setFocusEmulationEnabled', { enabled: false });
      await tab.devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    } else {
      Object.assign(tab, { left: tab.life, life: undefined, absences: tab.absences + 1 });
      await tab.page.goto(`${tab.site.server.origin}/blank.html`);
    }
  }

  async wake(tab) {
    const { asleep } = tab;
    if (!asleep) return;
    Object.assign(tab, { asleep: undefined, wakesAt: undefined });
    if (asleep === 'frozen') {
      await tab.devtools.send('Page.setWebLifecycleState', { state: 'active' });
      await tab.devtools.send('Emulation.setFocusEmulationEnabled', { enabled: true });
      for (const giveUp of tab.pending) setTimeout(giveUp, LIMIT).unref();
      this.thawed++;
    } else {
      await tab.page.goBack({ waitUntil: 'commit' });
      await tab.page.waitForFunction(() => globalThis.loaded);
      if (await tab.run(() => globalThis.cache !== undefined)) {
        tab.life = tab.left;
        this.returned++;
      } else await this.start(tab);
    }
    tab.sleptUntil = Date.now();
  }

  /** The tab is closed, or crashes first, and another takes its place. */
  async kill(tab, crash) {
    Object.assign(tab, { life: undefined, gone: true });
    if (crash) await Promise.race([tab.devtools.send('Page.crash').catch(() => {}), tab.page.waitForEvent('crash')]);
    await within(tab.page.close(), 'a tab to close');
    await this.openTab(tab.at, tab.site, tab.named);
  }

  /** The browser ends as by a crash of the machine, and is started again. */
  async killAll() {
    const seats = this.all.map(({ site, named }) => ({ site, named }));
    for (const tab of this.all) Object.assign(tab, { life: undefined, gone: true });
    await this.#browser.kill();
    await Promise.allSettled(this.underWay);
    await this.open(seats);
  }

  async close() {
    for (const tab of this.all) tab.gone = true;
    await this.#browser?.close().catch(() => {});
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
