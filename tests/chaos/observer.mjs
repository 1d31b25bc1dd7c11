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

  report(rule, words) {
    this.violations.push({ rule, step: this.step, words });
  }

  /**
   * A page got an answer. `page` is one life of one page; `began` and `ended` are times; `named` says who was named all the
   * while, if it was one; `version` and `durable` are the client's: what it knows, and whether that is on record.
   */
  answered({ page, user, path, method, began, ended, status, error, body, hit, named, version, durable, held }) {
    if (error !== undefined) {
      const excused = this.#cut.some((cut) => cut.path === path && cut.time >= began - 50 && cut.time <= ended + 50);
      if (!excused) this.report('I5', `${method} ${path} failed: ${error}`);
      return;
    }
    this.answers++;
    if (hit) this.hits++;
    if (status !== 200) return this.report('I5', `${method} ${path} answered ${status}`);
    if (ended - began > IN_TIME && !held) this.report('I5', `${method} ${path} took ${ended - began} ms`);
    if (body?.path !== path.split('?')[0]) return this.report('I5', `${path} was answered with ${body?.path}`);
    if (body.user !== user) return this.report('I2', `${path} of ${user} was answered with ${body.user}'s, ${hit ? 'from the cache' : 'by the network'}`);
    // Nothing is promised of what belongs to nobody the cache knows.
    if (named !== user) return;
    const of = `${page} ${user}`;
    const words = `${path} of ${user} in page ${page}, ${hit ? 'from the cache' : 'by the network'}, is of edition ${body.edition} (version ${body.version}, response ${body.serial})`;
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
