/** One server, one browser with four tabs, and what can happen to them. */

import { rmSync } from 'node:fs';

import { openBrowser } from '../support/browser.mjs';
import { LIMIT, until, within } from '../support/deadline.mjs';
import { trap, trappingGlue } from '../support/glue.mjs';
import { builtPackage, temporaryFolder } from '../support/paths.mjs';
import { startServer } from '../support/server.mjs';
import { hurry, loseStorageEvents, refuseWrites } from '../support/storage.mjs';
import { BACK_ENDS } from './back-ends.mjs';
import { FAULTS, TABS, USERS } from './operations.mjs';
import { chaosPage, serveWithoutLabel } from './page.mjs';

/** How long the end of all faults may take to show in every tab, ms. */
const CALM_WITHIN = 90_000;

export class World {
  faults = 0;
  operations = 0;
  #observer;
  #flags;
  #broken;
  #profile = temporaryFolder('chaos');
  #server;
  #browser;
  #tabs = [];
  #pages = 0;
  #holds = [];
  #numbers = new Map();
  #uncommitted;
  /** What is under way in pages. */
  #underWay = new Set();

  constructor(observer, backEnd, broken) {
    this.#observer = observer;
    this.#flags = BACK_ENDS[backEnd];
    this.#broken = broken;
  }

  async open() {
    this.#server = await startServer({ files: { '/package/': builtPackage() } });
    trappingGlue(this.#server);
    this.#server.alter('/clear-site-data', { status: 200, headers: { 'Clear-Site-Data': '"storage"' }, body: '' });
    for (const name of USERS) {
      const user = this.#server.users.get(name);
      // Numbers that were used once are not used again (H5), though they may go down.
      user.version = 1_000_000;
      this.#numbers.set(name, { highest: 1_000_000, lowest: 1_000_000 });
      user.edit = () => {
        const numbers = this.#numbers.get(name);
        this.#commit();
        user.version = numbers.highest += 1;
        this.#observer.moved(name, user.edition + 1, user.version);
        // H1 broken: for a while responses are stamped newer than their data is.
        if (this.#broken === 'h1') this.#uncommitted = { user, until: this.operations + 20 };
        else user.edition++;
      };
      this.#observer.moved(name, user.edition, user.version);
    }
    await this.#openBrowser();
  }

  async #openBrowser() {
    this.#browser = await openBrowser({ profile: this.#profile, flags: this.#flags });
    this.#tabs = [];
    for (let at = 0; at < TABS; at++) await this.#openTab(at, USERS[at % 2]);
  }

  async #openTab(at, user) {
    const before = [[loseStorageEvents], [refuseWrites], [hurry], [chaosPage]];
    if (this.#broken === 'label') before.push([serveWithoutLabel]);
    const tab = await this.#browser.tab({ before });
    Object.assign(tab, { at, user: user ?? USERS[0], named: user });
    this.#tabs[at] = tab;
    await tab.open(this.#server);
    await this.#start(tab);
  }

  async #start(tab) {
    tab.life = ++this.#pages;
    await tab.run(
      (named) => {
        globalThis.named = named;
        globalThis.start({ user: named, session: 'bearer', lookupTimeout: 500 });
      },
      tab.named,
    );
  }

  /** A server that breaks H1 changes its data at last. */
  #commit() {
    if (this.#uncommitted) this.#uncommitted.user.edition++;
    this.#uncommitted = undefined;
  }

  /** Does one operation. What a page is asked meanwhile goes on by itself. */
  async perform(operation) {
    if (this.operations++ > this.#uncommitted?.until) this.#commit();
    if (FAULTS.includes(operation.kind)) this.faults++;
    const tab = this.#tabs[operation.tab];
    await this[`do_${operation.kind}`](operation, tab);
    // So many at once, and no more: a machine with few cores is to see the end of things, too.
    while (this.#underWay.size > 24) {
      if (this.#holds.length) this.#holds.shift().end();
      await Promise.race(this.#underWay);
    }
  }

  #ask(tab, path, method) {
    const { life, user } = tab;
    const asked = (async () => {
      const answer = await tab.run(([p, u, i]) => globalThis.ask(p, u, i), [path, user, method === 'GET' ? undefined : { method }], 6 * LIMIT);
      this.#observer.answered({ page: life, user, path, method, held: this.#server.wasHeld(path, answer.began), ...answer });
    })();
    this.#follow(tab, life, asked, `${method} ${path}`);
    return asked;
  }

  /** Something a page does; that its page went away is no failure. */
  #follow(tab, life, promise, what) {
    const followed = promise
      .catch((error) => {
        if (tab.life === life && !tab.gone) this.#observer.report('I5', `${what} in page ${life}: ${error.message.split('\n')[0]}`);
      })
      .finally(() => this.#underWay.delete(followed));
    this.#underWay.add(followed);
  }

  async do_get({ path, burst }, tab) {
    const asked = Array.from({ length: burst }, () => this.#ask(tab, path, 'GET'));
    // Sometimes the next thing happens while they are under way.
    if (burst < 3 && !this.#holds.length) await Promise.allSettled(asked);
  }

  do_post({ path }, tab) {
    void this.#ask(tab, path, 'POST').catch(() => {});
  }

  do_bump({ user }) {
    this.#server.users.get(user).edit();
  }

  do_regress({ user: name }) {
    const user = this.#server.users.get(name);
    this.#commit();
    const numbers = this.#numbers.get(name);
    // A store was restored: a number below every one that was used.
    user.version = numbers.lowest -= 1_000;
    numbers.highest = user.version;
    this.#observer.moved(name, ++user.edition, user.version);
  }

  do_hold({ path }) {
    if (this.#holds.length < 3) this.#holds.push(this.#server.hold(path.split('?')[0]));
  }

  do_release() {
    this.#holds.shift()?.end();
  }

  do_reset({ path }) {
    this.#server.cut(path, () => this.#observer.cut(path));
  }

  async do_name({ user }, tab) {
    tab.named = user;
    if (user) tab.user = user;
    const named = tab.run(
      (u) => {
        globalThis.namings++;
        globalThis.named = u;
        globalThis.cache.setUser(u);
      },
      user,
    );
    this.#follow(tab, tab.life, named, 'setUser');
    await named.catch(() => {});
  }

  do_clear({ all }, tab) {
    if (tab.named === null) return;
    const { life, named } = tab;
    const serial = this.#server.requests.length;
    const wiped = tab.run((a) => globalThis.wipe(undefined, a), { all }, 3 * LIMIT).then((answer) => {
      this.#observer.cleared({ page: life, user: named, serial, ...answer });
    });
    this.#follow(tab, life, wiped, 'clear()');
  }

  do_delete({ path }, tab) {
    if (tab.named === null) return;
    const { life, named } = tab;
    const serial = this.#server.requests.length;
    const wiped = tab.run((p) => globalThis.wipe(p), path, 3 * LIMIT).then((answer) => {
      this.#observer.cleared({ page: life, user: named, path, serial, ...answer });
    });
    this.#follow(tab, life, wiped, 'delete()');
  }

  async do_reload(_, tab) {
    tab.life = undefined;
    await tab.page.reload();
    await tab.page.waitForFunction(() => globalThis.loaded);
    await this.#start(tab);
  }

  async do_clock({ by }, tab) {
    await tab.run((ms) => void (globalThis.clockOffset += ms), by);
  }

  async do_storage({ fault }, tab) {
    await tab.run((what) => {
      globalThis.refuse = what === 'fail';
      if (what === 'hang') globalThis.loseEvents();
      else globalThis.findEvents();
      if (what === 'lose') globalThis.loseConnections();
    }, fault);
  }

  async do_quota({ bytes }, tab) {
    const devtools = await this.#browser.context.newCDPSession(tab.page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: this.#server.origin, quotaSize: bytes });
    await devtools.detach();
  }

  do_deleteDatabase(_, tab) {
    const deleted = tab.run(() => void indexedDB.deleteDatabase('hybrid-cache'));
    this.#follow(tab, tab.life, deleted, 'deleteDatabase()');
  }

  do_clearSiteData(_, tab) {
    const cleared = tab.run(() => fetch('/clear-site-data').then(({ status }) => status), undefined, 6 * LIMIT);
    this.#follow(tab, tab.life, cleared, 'Clear-Site-Data');
  }

  async do_trap(_, tab) {
    await tab.run(trap);
  }

  async do_killTab({ crash }, tab) {
    Object.assign(tab, { life: undefined, gone: true });
    if (crash) {
      const devtools = await this.#browser.context.newCDPSession(tab.page);
      await Promise.race([devtools.send('Page.crash').catch(() => {}), tab.page.waitForEvent('crash')]);
    }
    await within(tab.page.close(), 'a tab to close');
    await this.#openTab(tab.at, tab.named);
  }

  async do_killBrowser() {
    const named = this.#tabs.map((tab) => tab.named);
    for (const tab of this.#tabs) Object.assign(tab, { life: undefined, gone: true });
    await this.#browser.kill();
    await Promise.allSettled(this.#underWay);
    this.#browser = await openBrowser({ profile: this.#profile, flags: this.#flags });
    for (const [at, user] of named.entries()) await this.#openTab(at, user);
  }

  /** All faults end and nothing changes: every tab ends with the server's version, and serves hits (I4). */
  async calm() {
    this.#commit();
    for (const hold of this.#holds.splice(0)) hold.end();
    this.#server.cutNothing();
    await within(Promise.allSettled(this.#underWay), 'everything under way to end', CALM_WITHIN);
    for (const tab of this.#tabs) {
      if (tab.named === null) await this.do_name({ user: USERS[tab.at % 2] }, tab);
      await this.do_storage({ fault: 'none' }, tab);
      await this.do_quota({ bytes: undefined }, tab);
      // One that trapped twice runs uncached for the rest of its page.
      if ((await tab.status())[0] === 'unavailable') await this.do_reload(undefined, tab);
    }
    for (const tab of this.#tabs) {
      const user = this.#server.users.get(tab.user);
      let last;
      await until('calm', async () => {
        const answer = await tab.run(([p, u]) => globalThis.ask(p, u), ['/api/calm', tab.user], 6 * LIMIT);
        this.#observer.answered({ page: tab.life, user: tab.user, path: '/api/calm', method: 'GET', ...answer });
        last = { ...answer, status: await tab.status() };
        return answer.hit && answer.version === user.version && answer.body.edition === user.edition;
      }, CALM_WITHIN).catch(() => {
        this.#observer.report('I4', `page ${tab.life} of ${tab.user} did not come to rest at version ${user.version}: ${JSON.stringify(last)}`);
      });
    }
    this.#observer.onRecord(await this.#tabs[0].rows('state').catch(() => null));
  }

  async close() {
    for (const hold of this.#holds.splice(0)) hold.end();
    for (const tab of this.#tabs) tab.gone = true;
    await this.#browser?.close().catch(() => {});
    await this.#server?.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
