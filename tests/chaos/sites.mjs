/** The servers that tabs are of, the people there, and what can be done to them. */

import { trappingGlue } from '../support/glue.mjs';
import { builtPackage } from '../support/paths.mjs';
import { startServer } from '../support/server.mjs';

/**
 * At one, everybody has a bearer token, and versions are each person's own. At the other a cookie says who it is, for all
 * tabs at once; the application names people by their scopes, and the version is everybody's (H5a), so that nothing but the
 * scope tells one person's answer from the other's.
 */
export const SITES = [
  { session: 'bearer', people: ['alice', 'bob'], tabs: 4 },
  { session: 'cookie', people: ['carol', 'dave'], tabs: 2 },
];

/** Tabs of the browser, those of a site beside each other. */
export const TABS = SITES.reduce((sum, { tabs }) => sum + tabs, 0);

export class Site {
  #observer;
  #broken;
  #numbers = new Map();
  #uncommitted;
  /** Whose bumps the server could not record (H4), and to whom it has ever said `false`: nobody may have heard a `true` since (R9). */
  #lost = new Set();
  #off = new Set();

  /** `broken`: see ./broken.mjs. */
  constructor({ session, people }, observer, broken) {
    Object.assign(this, { session, people });
    this.#observer = observer;
    this.#broken = broken;
  }

  async open() {
    this.server = await startServer({ files: { '/package/': builtPackage() } });
    trappingGlue(this.server);
    // A page that was served `no-store` does not come back from the back/forward cache.
    this.server.fileHeaders = { 'Cache-Control': 'no-cache' };
    this.server.alter('/clear-site-data', { status: 200, headers: { 'Clear-Site-Data': '"storage"' }, body: '' });
    for (const name of this.people) {
      const user = this.user(name);
      // Numbers that were used once are not used again (H5), though they may go down.
      user.version = 1_000_000;
      this.#numbers.set(name, { highest: 1_000_000, lowest: 1_000_000 });
      user.edit = () => this.bump(name);
      const stamp = user.stamp.bind(user);
      user.stamp = () => this.#broken?.stamp?.(user, stamp()) ?? stamp();
      this.#observer.moved(name, user.edition, user.version);
    }
  }

  user(name) {
    return this.server.users.get(name);
  }

  /** What the application calls this person. */
  called(name) {
    return name !== null && this.session === 'cookie' ? this.user(name).scope : name;
  }

  /** Whom it concerns when this person's data changes. */
  #concerned(name) {
    return this.session === 'cookie' ? this.people : [name];
  }

  bump(name) {
    this.commit();
    for (const one of this.#concerned(name)) {
      const user = this.user(one);
      if (this.#lost.has(one)) user.edition++;
      else this.#next(user);
    }
  }

  #next(user) {
    user.version = this.#numbers.get(user.name).highest += 1;
    this.#observer.moved(user.name, user.edition + 1, user.version);
    // H1 broken: for a while responses are stamped newer than their data is.
    if (this.#broken?.uncommitted) this.#uncommitted = { user, left: this.#broken.uncommitted };
    else user.edition++;
  }

  /** A server that breaks H1 changes its data at last. */
  commit() {
    if (this.#uncommitted) this.#uncommitted.user.edition++;
    this.#uncommitted = undefined;
  }

  /** One more operation has passed. */
  pass() {
    if (this.#uncommitted && this.#uncommitted.left-- < 0) this.commit();
  }

  /** A store was restored: a number below every one that was used. */
  regress(name) {
    this.commit();
    for (const one of this.#concerned(name)) {
      const user = this.user(one);
      const numbers = this.#numbers.get(one);
      numbers.highest = numbers.lowest -= 1_000;
      this.#lost.delete(one);
      user.version = numbers.highest;
      this.#observer.moved(one, ++user.edition, user.version);
    }
  }

  /**
   * What is said about caching: `off` and `on`; `lost`: the data changes, the bump cannot be recorded, and until it is
   * replayed there is no version and caching is off (H4); `nothing`.
   */
  enable(name, says) {
    this.commit();
    for (const one of this.#concerned(name)) {
      const user = this.user(one);
      user.enabled = { off: false, lost: false, on: true }[says];
      if (user.enabled === false) this.#off.add(one);
      if (says === 'lost') {
        user.edition++;
        user.version = undefined;
        this.#lost.add(one);
      } else if (this.#lost.delete(one)) {
        user.version = this.#numbers.get(one).highest += 1;
        this.#observer.moved(one, user.edition, user.version);
      }
    }
  }

  /** The server's key for scopes was replaced. */
  rotate(name) {
    const user = this.user(name);
    user.scope = `${user.scope}'`;
  }

  /** Everything is as it should be. */
  calm() {
    this.commit();
    this.server.cutNothing();
    for (const name of this.#off) this.enable(name, 'on');
  }
}
