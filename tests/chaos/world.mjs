/** Two servers, one browser with six tabs, and what can happen to them. */

import { LIMIT, until, within } from '../support/deadline.mjs';
import { trap } from '../support/glue.mjs';
import { FAULTS } from './operations.mjs';
import { SITES, Site } from './sites.mjs';
import { Tabs } from './tabs.mjs';

/** How long the end of all faults may take to show in every tab, ms. */
const CALM_WITHIN = 90_000;

export class World {
  faults = 0;
  operations = 0;
  #observer;
  #sites;
  #tabs;
  #holds = [];

  /** `flags`: of the browser; `broken`: one of ./broken.mjs, or nothing. */
  constructor(observer, flags, broken) {
    this.#observer = observer;
    this.#sites = SITES.map((site) => new Site(site, observer, broken));
    this.#tabs = new Tabs(observer, flags, broken?.page);
  }

  /** Tabs that were frozen and went on. */
  get thawed() {
    return this.#tabs.thawed;
  }

  /** Pages that came back from the back/forward cache. */
  get returned() {
    return this.#tabs.returned;
  }

  async open() {
    for (const site of this.#sites) await site.open();
    const seats = this.#sites.flatMap((site, at) => Array.from({ length: SITES[at].tabs }, (_, seat) => ({ site, named: site.people[seat % 2] })));
    await this.#tabs.open(seats);
  }

  /** Does one operation. What a page is asked meanwhile goes on by itself. */
  async perform(operation) {
    this.operations++;
    for (const site of this.#sites) site.pass();
    for (const tab of this.#tabs.all) if (tab.wakesAt <= this.operations) await this.#tabs.wake(tab);
    if (FAULTS.includes(operation.kind)) this.faults++;
    const tab = operation.tab === undefined ? undefined : await this.#tabs.awake(this.#tabs.all[operation.tab]);
    await this[`do_${operation.kind}`](operation, tab, this.#sites[operation.site]);
    // So many at once, and no more: a machine with few cores is to see the end of things, too.
    while (this.#tabs.underWay.size > 24) {
      if (this.#holds.length) this.#holds.shift().end();
      else for (const sleeper of this.#tabs.all.filter(({ asleep }) => asleep)) await this.#tabs.wake(sleeper);
      if (this.#tabs.underWay.size) await Promise.race(this.#tabs.underWay);
    }
  }

  async do_get({ path, burst }, tab) {
    const asked = Array.from({ length: burst }, () => this.#tabs.ask(tab, path, 'GET'));
    // Sometimes the next thing happens while they are under way.
    if (burst < 3 && !this.#holds.length) await Promise.allSettled(asked);
  }

  do_post({ path }, tab) {
    void this.#tabs.ask(tab, path, 'POST').catch(() => {});
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
    if (signsIn && named !== null && site.session === 'cookie') await this.#tabs.signIn(site, named);
    await this.#tabs.name(tab, named);
  }

  do_clear({ all }, tab) {
    if (tab.named === null) return;
    const { life, named } = tab;
    const serial = tab.site.server.requests.length;
    const wiped = tab.run((a) => globalThis.wipe(undefined, a), { all }, 6 * LIMIT).then((answer) => {
      this.#observer.cleared({ page: life, user: named, serial, ...answer });
    });
    this.#tabs.follow(tab, life, wiped, 'clear()');
  }

  do_delete({ path }, tab) {
    if (tab.named === null) return;
    const { life, named } = tab;
    const serial = tab.site.server.requests.length;
    const wiped = tab.run((p) => globalThis.wipe(p), path, 6 * LIMIT).then((answer) => {
      this.#observer.cleared({ page: life, user: named, path, serial, ...answer });
    });
    this.#tabs.follow(tab, life, wiped, 'delete()');
  }

  async do_reload(_, tab) {
    tab.life = undefined;
    await tab.page.reload();
    await tab.page.waitForFunction(() => globalThis.loaded);
    await this.#tabs.start(tab);
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
    this.#tabs.follow(tab, tab.life, deleted, 'deleteDatabase()');
  }

  do_clearSiteData(_, tab) {
    const cleared = tab.run(() => fetch('/clear-site-data').then(({ status }) => status), undefined, 6 * LIMIT);
    this.#tabs.follow(tab, tab.life, cleared, 'Clear-Site-Data');
  }

  /** The engine that takes its place is told who is named. */
  async do_trap(_, tab) {
    await this.#tabs.naming(tab, () => tab.run(trap));
  }

  async do_sleep({ how, operations }, tab) {
    tab.wakesAt = this.operations + operations;
    await this.#tabs.sleep(tab, how);
  }

  async do_killTab({ crash }, tab) {
    await this.#tabs.kill(tab, crash);
  }

  async do_killBrowser() {
    await this.#tabs.killAll();
  }

  /** All faults end and nothing changes: every tab ends with the server's version, and serves hits (I4). */
  async calm() {
    for (const site of this.#sites) site.calm();
    for (const hold of this.#holds.splice(0)) hold.end();
    for (const tab of this.#tabs.all) await this.#tabs.wake(tab);
    await within(Promise.allSettled(this.#tabs.underWay), 'everything under way to end', CALM_WITHIN);
    for (const tab of this.#tabs.all) {
      const { site } = tab;
      await this.do_storage({ fault: 'none' }, tab);
      await this.do_quota({ bytes: undefined }, tab);
      // One that trapped twice runs uncached for the rest of its page.
      if ((await tab.status())[0] === 'unavailable') await this.do_reload(undefined, tab);
      // Who was in doubt is named again (R11), and who has the session is named everywhere (S6).
      await this.#tabs.name(tab, site.session === 'cookie' ? site.signedIn : (tab.named ?? tab.user));
    }
    for (const tab of this.#tabs.all) {
      const user = tab.site.user(tab.user);
      let last;
      await until('calm', async () => {
        const { suspended } = last ?? {};
        await this.#tabs.ask(tab, '/api/calm', 'GET', (answer) => void (last = answer));
        // A rule that could not be committed before may have brought a doubt back.
        if (last.suspended > suspended) await this.#tabs.name(tab, tab.named);
        return last.hit && last.version === user.version && last.body.edition === user.edition;
      }, CALM_WITHIN).catch(async () => {
        this.#observer.report('I4', `page ${tab.life} of ${tab.user} did not come to rest at version ${user.version}: ${JSON.stringify({ ...last, status: await tab.status(), records: await tab.rows('state') })}`);
      });
    }
    for (const site of this.#sites) {
      const tab = this.#tabs.all.find((one) => one.site === site);
      this.#observer.onRecord(await tab.rows('state').catch(() => null));
    }
  }

  async close() {
    for (const hold of this.#holds.splice(0)) hold.end();
    await this.#tabs.close();
    for (const site of this.#sites) await site.server?.close();
  }
}
