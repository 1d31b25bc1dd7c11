/**
 * Looks on from outside: knows the server's history and what was delivered to whom, and nothing of how the cache works.
 * Checks the invariants I1 to I5 of docs/coherence.md on every answer.
 */

/** In other tabs a change holds so much later (S1b), ms; the clocks of pages and server are one, but whole milliseconds. */
const ELSEWHERE = 1_000 + 100;

/** No answer of this server takes longer unless it is held, ms: far above what the cache may cost, far below "hangs". */
const IN_TIME = 20_000;

export class Observer {
  /** `{ rule, words, step }`. */
  violations = [];
  answers = 0;
  hits = 0;
  /** By user: which edition a version stands for. */
  #history = new Map();
  /** By page and user: `[{ time, edition }]`, and the same with the serial numbers of responses after clears. */
  #seen = new Map();
  #cleared = new Map();
  /** By user: what is committed, for every tab. */
  #committed = new Map();
  #clearedEverywhere = new Map();
  /** By page and user: `[{ time, serial }]` of answers that said caching is off (R9), and for every tab, with those of R11. */
  #off = new Map();
  #shutEverywhere = new Map();
  /** By page and user: `[{ time, serial, scope }]`. */
  #scopes = new Map();
  /** By user of a cookie's site: until when the session was theirs, and when they were named. */
  #session = new Map();
  #named = new Map();
  /** By user of a cookie's site: `[{ time, since }]`: another was named at `since`, which was on record at `time`. */
  #displaced = new Map();
  /** By page: how often R9 and R11 have decided there. */
  #decided = new Map();
  /** By incarnation and partition: the highest generation on record. */
  #generations = new Map();
  /** Requests that the server cut off, `{ path, time }`. */
  #cut = [];

  constructor() {
    this.step = 0;
  }

  /** The server's data of a user changed: this edition is stamped with this version. */
  moved(user, edition, version) {
    (this.#history.get(user) ?? this.#history.set(user, new Map()).get(user)).set(version, edition);
  }

  /** The server cut a response off. */
  cut(path) {
    this.#cut.push({ path, time: Date.now() });
  }

  /** At a cookie's site somebody signs in; call what it answers when it is done. */
  signsIn(user, others) {
    this.#session.set(user, Infinity);
    return () => {
      for (const other of others) this.#session.set(other, Date.now());
    };
  }

  /** A page of a cookie's site begins to name somebody; call what it answers when that is done. */
  names(user) {
    this.#named.set(user, { under: (this.#named.get(user)?.under ?? 0) + 1, until: Infinity });
    return () => {
      const under = this.#named.get(user).under - 1;
      this.#named.set(user, { under, until: under ? Infinity : Date.now() });
    };
  }

  /** Since `since` another is named, and from `time` on it is on record (S6). */
  displaced(user, since, time) {
    note(this.#displaced, user, { since, time });
  }

  /** How often R9 and R11 have decided. */
  get decided() {
    const sum = { R9: 0, R11: 0 };
    for (const page of this.#decided.values()) for (const rule of Object.keys(sum)) sum[rule] += page[rule];
    return sum;
  }

  report(rule, words) {
    this.violations.push({ rule, step: this.step, words });
  }

  /**
   * A page got an answer. `page` is one life of one page; `began` and `ended` are times; `user` is whose credentials the
   * request had, or under `cookie` who was named; `named` says who was named all the while, if it was one; `version` and
   * `durable` are the client's: what it knows, and whether that is on record; `off`: that this answer closed the partition
   * is on record; `held`: it may take long.
   */
  answered({ page, user, cookie, path, method, error, held, ...answer }) {
    const { began, ended, status, body, hit, named } = answer;
    if (error !== undefined) {
      const excused = this.#cut.some((cut) => cut.path === path && cut.time >= began - 50 && cut.time <= ended + 50);
      if (!excused) this.report('I5', `${method} ${path} failed: ${error}`);
      return;
    }
    this.answers++;
    if (hit) this.hits++;
    this.#decided.set(page, { R9: answer.disabled ?? 0, R11: answer.suspended ?? 0 });
    if (status !== 200) return this.report('I5', `${method} ${path} answered ${status}`);
    if (ended - began > IN_TIME && !held) this.report('I5', `${method} ${path} took ${ended - began} ms`);
    if (body?.path !== path.split('?')[0]) return this.report('I5', `${path} was answered with ${body?.path}`);
    if (body.user !== user) {
      // The network answers whoever holds the session, whatever the application calls them.
      if (!cookie || hit) this.report('I2', `${path} of ${user} was answered with ${body.user}'s, ${hit ? 'from the cache' : 'by the network'}`);
      return;
    }
    const of = `${page} ${user}`;
    const words = `${path} of ${user} in page ${page}, ${hit ? 'from the cache' : 'by the network'}, is of edition ${body.edition} (version ${body.version}, response ${body.serial})`;
    if (hit && cookie && answer.durable) this.#checkSession(user, began, words);
    // Nothing is promised of what belongs to nobody the cache knows.
    if (named !== user) return;
    this.#checkChanges(of, user, path, answer, words);
    if (hit) this.#checkClosures(of, user, answer, words);
    this.#learn(of, user, answer);
  }

  /** S6: nothing is served to someone while another is signed in. */
  #checkSession(user, began, words) {
    const since = highest(this.#displaced.get(user), began - ELSEWHERE, 'since');
    if ((this.#session.get(user) ?? 0) <= since && (this.#named.get(user)?.until ?? 0) <= since) {
      this.report('I2', `${words}; somebody else has signed in elsewhere`);
    }
  }

  /** Versions and clears. */
  #checkChanges(of, user, path, { began, body }, words) {
    const least = highest(this.#seen.get(of), began - 1, 'edition');
    if (body.edition < least) this.report('I1', `${words}; this page had edition ${least}`);
    const everywhere = highest(this.#committed.get(user), began - ELSEWHERE, 'edition');
    if (body.edition < everywhere) this.report('I1', `${words}; edition ${everywhere} was on record for more than a second`);
    for (const target of ['*', path]) {
      const after = Math.max(
        highest(this.#cleared.get(`${of} ${target}`), began - 1, 'serial'),
        highest(this.#clearedEverywhere.get(`${user} ${target}`), began - ELSEWHERE, 'serial'),
      );
      if (body.serial <= after) this.report('I1', `${words}; everything up to response ${after} was cleared`);
    }
  }

  /** R9 and R11: what came before them is over, and what says "off" is not kept. */
  #checkClosures(of, user, { began, body }, words) {
    const off = highest(this.#off.get(of), began - 1, 'serial');
    if (body.enabled === false || body.serial <= off) this.report('I1', `${words}; caching was off${body.enabled === false ? '' : ` since response ${off}`}`);
    const shut = highest(this.#shutEverywhere.get(user), began - ELSEWHERE, 'serial');
    if (body.serial <= shut) this.report('I1', `${words}; response ${shut} has closed the partition, which was on record for more than a second`);
    const scopes = (this.#scopes.get(of) ?? []).filter(({ time, serial }) => time < began && serial > body.serial);
    const other = scopes.find(({ scope }) => scope !== body.scope);
    if (other) this.report('I2', `${words}, under the scope ${body.scope}; this page had ${other.scope} by response ${other.serial}`);
  }

  #learn(of, user, { ended, body, hit, version, durable, off }) {
    const { serial, scope } = body;
    if (!hit) {
      if (body.enabled === false) note(this.#off, of, { time: ended, serial });
      if (durable && off) note(this.#shutEverywhere, user, { time: ended, serial });
      const scopes = this.#scopes.get(of);
      if (scopes?.at(-1).scope !== scope) note(this.#scopes, of, { time: ended, serial, scope });
    }
    // R7: a late answer whose number is the smaller one tells the tab nothing, whatever the server's history says.
    const stamped = this.#history.get(user)?.get(body.version) ?? 0;
    const known = version === null ? undefined : this.#history.get(user)?.get(version);
    if (version !== null && version > body.version && known !== undefined && known < body.edition) return;
    const edition = Math.max(body.edition, stamped);
    note(this.#seen, of, { time: ended, edition });
    if (durable && version === body.version) note(this.#committed, user, { time: ended, edition });
  }

  /** A clear (`path`: a narrower one) was asked for at `began`, when so many responses had been made, and held at `ended`. */
  cleared({ page, user, path, began, ended, serial, durable }) {
    note(this.#cleared, `${page} ${user} ${path ?? '*'}`, { time: began, serial });
    if (durable) note(this.#clearedEverywhere, `${user} ${path ?? '*'}`, { time: ended, serial });
  }

  /** What is on record now, as rows of the store of states. */
  onRecord(rows) {
    for (const [key, record] of rows ?? []) {
      if (!key.startsWith('p:') || typeof record?.generation !== 'number') continue;
      const name = `${record.incarnation} ${key}`;
      const before = this.#generations.get(name) ?? 0;
      if (record.generation < before) this.report('I3', `${key}: generation ${record.generation} after ${before}`);
      this.#generations.set(name, Math.max(before, record.generation));
    }
  }
}

function note(map, key, item) {
  (map.get(key) ?? map.set(key, []).get(key)).push(item);
}

/** The highest `field` among what was noted no later than `time`. */
function highest(items, time, field) {
  let most = -Infinity;
  for (const item of items ?? []) if (item.time <= time && item[field] > most) most = item[field];
  return most;
}
