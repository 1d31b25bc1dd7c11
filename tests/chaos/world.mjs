/** One server, one browser with four tabs, and what can happen to them. */

import { rmSync } from 'node:fs';

import { openNaturally } from '../support/browser.mjs';
import { LIMIT, until, within } from '../support/deadline.mjs';
import { trap } from '../support/glue.mjs';
import { temporaryFolder } from '../support/paths.mjs';
import { hurry, loseStorageEvents, refuseWrites } from '../support/storage.mjs';
import { BACK_ENDS } from './back-ends.mjs';
import { FAULTS } from './operations.mjs';
import { chaosPage } from './page.mjs';
import { SITES, Site } from './sites.mjs';

/** How long the end of all faults may take to show in every tab, ms. */
const CALM_WITHIN = 90_000;

export class World {
  faults = 0;
  operations = 0;
  /** Tabs that were frozen and went on, and pages that came back from the back/forward cache. */
  thawed = 0;
  returned = 0;
  #observer;
  #flags;
  #broken;
  #profile = temporaryFolder('chaos');
  #sites;
  #browser;
  #tabs = [];
  #pages = 0;
  #holds = [];
  /** What is under way in pages. */
  #underWay = new Set();

  /** `broken`: one of ./broken.mjs, or nothing. */
  constructor(observer, backEnd, broken) {
    this.#observer = observer;
    this.#flags = BACK_ENDS[backEnd];
    this.#broken = broken;
    this.#sites = SITES.map((site) => new Site(site, observer, broken));
  }

  async open() {
    for (const site of this.#sites) await site.open();
    const seats = this.#sites.flatMap((site, at) => Array.from({ length: SITES[at].tabs }, (_, seat) => ({ site, named: site.people[seat % 2] })));
    await this.#openBrowser(seats);
  }

  async #openBrowser(seats) {
    this.#browser = await openNaturally({ profile: this.#profile, flags: this.#flags });
    this.#tabs = [];
    for (const site of this.#sites) if (site.session === 'cookie') await this.#signIn(site, site.signedIn ?? site.people[0]);
    for (const [at, { site, named }] of seats.entries()) await this.#openTab(at, site, named);
  }

  async #openTab(at, site, named) {
    const before = [[loseStorageEvents], [refuseWrites], [hurry], [chaosPage]];
    if (this.#broken?.page) before.push([this.#broken.page]);
    const tab = await this.#browser.tab({ before });
    Object.assign(tab, { at, site, user: named ?? site.people[0], named });
    this.#tabs[at] = tab;
    // As if each were looked at: a browser takes its time with what is in the background.
    tab.devtools = await this.#browser.context.newCDPSession(tab.page);
    await tab.devtools.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    await tab.open(site.server);
    await this.#start(tab);
  }

  #start(tab) {
    const { site, named } = tab;
    tab.life = ++this.#pages;
    const options = { session: site.session, userIs: site.session === 'cookie' ? 'scope' : 'name', lookupTimeout: 500 };
    return this.#naming(tab, () =>
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
  async #naming(tab, run) {
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
    this.#follow(tab, life, confirmed, 'setUser()');
  }

  async #signIn(site, name) {
    const done = this.#observer.signsIn(name, site.people.filter((other) => other !== name));
    site.signedIn = name;
    await this.#browser.context.addCookies([{ name: 'user', value: name, url: site.server.origin }]);
    done();
  }

  /** Does one operation. What a page is asked meanwhile goes on by itself. */
  async perform(operation) {
    this.operations++;
    for (const site of this.#sites) site.pass();
    for (const tab of this.#tabs) if (tab.wakesAt <= this.operations) await this.#wake(tab);
    if (FAULTS.includes(operation.kind)) this.faults++;
    const tab = operation.tab === undefined ? undefined : await this.#awake(this.#tabs[operation.tab]);
    await this[`do_${operation.kind}`](operation, tab, this.#sites[operation.site]);
    // So many at once, and no more: a machine with few cores is to see the end of things, too.
    while (this.#underWay.size > 24) {
      if (this.#holds.length) this.#holds.shift().end();
      else for (const sleeper of this.#tabs.filter(({ asleep }) => asleep)) await this.#wake(sleeper);
      if (this.#underWay.size) await Promise.race(this.#underWay);
    }
  }

  /** This tab, or the next one of its site that is not asleep. */
  async #awake(tab) {
    const beside = this.#tabs.filter(({ site }) => site === tab.site);
    const found = [...beside.slice(beside.indexOf(tab)), ...beside].find(({ asleep }) => !asleep);
    if (!found) await this.#wake(tab);
    return found ?? tab;
  }

  #ask(tab, path, method, look) {
    const { life, user, site } = tab;
    const cookie = site.session === 'cookie';
    const asked = (async () => {
      const answer = await tab.run(([p, u, i]) => globalThis.ask(p, u, i), [path, cookie ? undefined : user, method === 'GET' ? undefined : { method }], 6 * LIMIT);
      const held = site.server.wasHeld(path, answer.began) || tab.sleptUntil >= answer.began;
      look?.(answer);
      this.#observer.answered({ page: life, user: cookie ? answer.askedAs : user, cookie, path, method, held, ...answer });
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

  do_bump({ person }, _, site) {
    site.bump(site.people[person]);
  }

  do_regress({ person }, _, site) {
    site.regress(site.people[person]);
  }

  do_enable({ person, says }, _, site) {
    site.enable(site.people[person], says);
  }

  /** Where people are named by their scopes it would be somebody else. */
  do_rotate({ person }) {
    const [site] = this.#sites;
    site.rotate(site.people[person]);
  }

  do_hold({ path }, _, site) {
    if (this.#holds.length < 3) this.#holds.push(site.server.hold(path.split('?')[0]));
  }

  do_release() {
    this.#holds.shift()?.end();
  }

  do_reset({ path }, _, site) {
    site.server.cut(path, () => this.#observer.cut(path));
  }

  /** Somebody is named; at a cookie's site they sign in first, or the application is mistaken. */
  async do_name({ person, signsIn }, tab) {
    const { site } = tab;
    const named = person === null ? null : site.people[person];
    if (signsIn && named !== null && site.session === 'cookie') await this.#signIn(site, named);
    await this.#name(tab, named);
  }

  async #name(tab, named) {
    tab.named = named;
    if (named !== null) tab.user = named;
    const run = tab.run.bind(tab, ([called, user]) => globalThis.nameUser(called, user), [tab.site.called(named), named]);
    const done = this.#naming(tab, run);
    this.#follow(tab, tab.life, done, 'setUser()');
    await done.catch(() => {});
  }

  do_clear({ all }, tab) {
    if (tab.named === null) return;
    const { life, named } = tab;
    const serial = tab.site.server.requests.length;
    const wiped = tab.run((a) => globalThis.wipe(undefined, a), { all }, 6 * LIMIT).then((answer) => {
      this.#observer.cleared({ page: life, user: named, serial, ...answer });
    });
    this.#follow(tab, life, wiped, 'clear()');
  }

  do_delete({ path }, tab) {
    if (tab.named === null) return;
    const { life, named } = tab;
    const serial = tab.site.server.requests.length;
    const wiped = tab.run((p) => globalThis.wipe(p), path, 6 * LIMIT).then((answer) => {
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

  /** Not where tabs compare their clocks, for they have the same one (S6). */
  async do_clock({ by }, tab) {
    if (tab.site.session === 'cookie') return;
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
    await tab.devtools.send('Storage.overrideQuotaForOrigin', { origin: tab.site.server.origin, quotaSize: bytes });
  }

  do_deleteDatabase(_, tab) {
    const deleted = tab.run(() => void indexedDB.deleteDatabase('hybrid-cache'));
    this.#follow(tab, tab.life, deleted, 'deleteDatabase()');
  }

  do_clearSiteData(_, tab) {
    const cleared = tab.run(() => fetch('/clear-site-data').then(({ status }) => status), undefined, 6 * LIMIT);
    this.#follow(tab, tab.life, cleared, 'Clear-Site-Data');
  }

  /** The engine that takes its place is told who is named. */
  async do_trap(_, tab) {
    await this.#naming(tab, () => tab.run(trap));
  }

  /** A tab in the background is frozen, or its page is left for another, for so many operations. */
  async do_sleep({ how, operations }, tab) {
    const looked = this.#tabs.find((other) => other !== tab && !other.asleep);
    if (!looked) return;
    await looked.page.bringToFront();
    Object.assign(tab, { asleep: how, wakesAt: this.operations + operations, sleptUntil: Infinity });
    if (how === 'frozen') {
      await tab.devtools.send('Emulation.setFocusEmulationEnabled', { enabled: false });
      await tab.devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    } else {
      tab.left = tab.life;
      tab.life = undefined;
      await tab.page.goto(`${tab.site.server.origin}/blank.html`);
    }
  }

  async #wake(tab) {
    const { asleep } = tab;
    if (!asleep) return;
    Object.assign(tab, { asleep: undefined, wakesAt: undefined });
    if (asleep === 'frozen') {
      await tab.devtools.send('Page.setWebLifecycleState', { state: 'active' });
      await tab.devtools.send('Emulation.setFocusEmulationEnabled', { enabled: true });
      this.thawed++;
    } else {
      await tab.page.goBack({ waitUntil: 'commit' });
      await tab.page.waitForFunction(() => globalThis.loaded);
      if (await tab.run(() => globalThis.cache !== undefined)) {
        tab.life = tab.left;
        this.returned++;
      } else await this.#start(tab);
    }
    tab.sleptUntil = Date.now();
  }

  async do_killTab({ crash }, tab) {
    Object.assign(tab, { life: undefined, gone: true });
    if (crash) {
      await Promise.race([tab.devtools.send('Page.crash').catch(() => {}), tab.page.waitForEvent('crash')]);
    }
    await within(tab.page.close(), 'a tab to close');
    await this.#openTab(tab.at, tab.site, tab.named);
  }

  async do_killBrowser() {
    const seats = this.#tabs.map(({ site, named }) => ({ site, named }));
    for (const tab of this.#tabs) Object.assign(tab, { life: undefined, gone: true });
    await this.#browser.kill();
    await Promise.allSettled(this.#underWay);
    await this.#openBrowser(seats);
  }

  /** All faults end and nothing changes: every tab ends with the server's version, and serves hits (I4). */
  async calm() {
    for (const site of this.#sites) site.calm();
    for (const hold of this.#holds.splice(0)) hold.end();
    for (const tab of this.#tabs) await this.#wake(tab);
    await within(Promise.allSettled(this.#underWay), 'everything under way to end', CALM_WITHIN);
    for (const tab of this.#tabs) {
      const { site } = tab;
      await this.do_storage({ fault: 'none' }, tab);
      await this.do_quota({ bytes: undefined }, tab);
      // One that trapped twice runs uncached for the rest of its page.
      if ((await tab.status())[0] === 'unavailable') await this.do_reload(undefined, tab);
      // Who was in doubt is named again (R11), and who has the session is named everywhere (S6).
      await this.#name(tab, site.session === 'cookie' ? site.signedIn : (tab.named ?? tab.user));
    }
    for (const tab of this.#tabs) {
      const user = tab.site.user(tab.user);
      let last;
      await until('calm', async () => {
        const { suspended } = last ?? {};
        await this.#ask(tab, '/api/calm', 'GET', (answer) => void (last = answer));
        // A rule that could not be committed before may have brought a doubt back.
        if (last.suspended > suspended) await this.#name(tab, tab.named);
        return last.hit && last.version === user.version && last.body.edition === user.edition;
      }, CALM_WITHIN).catch(async () => {
        this.#observer.report('I4', `page ${tab.life} of ${tab.user} did not come to rest at version ${user.version}: ${JSON.stringify({ ...last, status: await tab.status(), records: await tab.rows('state') })}`);
      });
    }
    for (const site of this.#sites) {
      const tab = this.#tabs.find((one) => one.site === site);
      this.#observer.onRecord(await tab.rows('state').catch(() => null));
    }
  }

  async close() {
    for (const hold of this.#holds.splice(0)) hold.end();
    for (const tab of this.#tabs) tab.gone = true;
    await this.#browser?.close().catch(() => {});
    for (const site of this.#sites) await site.server?.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
