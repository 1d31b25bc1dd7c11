/** One cell being played: its tabs, and the verdict on every answer that may have come from a cache. */

import { LIMIT, until, within } from '../support/deadline.mjs';

/** Verdicts, the worst last. */
export const VERDICTS = ['right', 'failed', 'stale', "another user's"];

/** In another tab a change may take effect so much later, ms (S1b). */
const ELSEWHERE_WITHIN = 1_000;

/** How long a second request may take to arrive before it counts as one that joined the first, ms. */
const JOINED_AFTER = 2_000;

/** How long an older answer is waited out before it counts as one that stays, ms. */
const STAYS = 4_000;

export class Play {
  /** What was seen, the worst: `[verdict, words]`. */
  worst = ['right', ''];

  constructor(server, tabs) {
    this.server = server;
    this.tabs = tabs;
    this.changed = -Infinity;
  }

  /** Alice's data changed on the server, and her version with it. */
  bump() {
    this.server.users.get('alice').edit();
  }

  /** Now the change is known to the first tab: from here on the other tabs have a second. */
  tell() {
    this.changed = Date.now();
  }

  /** Every tab has the answer for `path` in its cache, as far as it caches at all. */
  async warm(path = '/api/a', user = 'alice') {
    for (const tab of this.tabs) {
      await until(`${path} to be cached`, async () => {
        await tab.get(path, user);
        const before = this.server.count(path.split('?')[0]);
        await tab.get(path, user);
        return this.server.count(path.split('?')[0]) === before;
      }).catch(() => {});
    }
  }

  /** Judges one answer: it must be `user`'s and of edition `least` or later. `status`: another one that is right, too. */
  judge({ status, body }, { user = 'alice', least = 1, also } = {}) {
    if (status === also) return 'right';
    if (status !== 200) return this.note('failed', `status ${status}`);
    if (body?.user !== user) return this.note("another user's", `${body?.user}'s data for ${user}`);
    if (body.edition < least) return this.note('stale', `edition ${body.edition} where ${least} was known`);
    return 'right';
  }

  /** Do two responses wait? Where the cache lets the second request join the first, they do not. */
  bothWait(hold) {
    return until('a second request', () => hold.waiting.length > 1, JOINED_AFTER).catch(() => false);
  }

  note(verdict, words) {
    if (VERDICTS.indexOf(verdict) > VERDICTS.indexOf(this.worst[0])) this.worst = [verdict, words];
    return verdict;
  }

  /** One request in one tab, judged. */
  async read(tab, path, expected, init) {
    return this.judge(await tab.get(path, expected?.cookies ? null : (expected?.user ?? 'alice'), init), expected);
  }

  /** Every tab has what is expected: the first at once, the others within a second of `tell()`. */
  async all(path, expected) {
    for (const [at, tab] of this.tabs.entries()) await (at ? this.settles(tab, path, expected) : this.read(tab, path, expected));
  }

  /** Asks until the answer is right; one to a request that began too late and is not, counts. */
  async settles(tab, path, expected) {
    const end = Date.now() + STAYS;
    for (;;) {
      const began = Date.now();
      const answer = await tab.get(path, expected?.cookies ? null : (expected?.user ?? 'alice'));
      const late = began > this.changed + ELSEWHERE_WITHIN;
      const verdict = late || answer.status !== 200 ? this.judge(answer, expected) : new Play().judge(answer, expected);
      if (verdict === 'right' || began > end) return;
    }
  }
}

/** Plays a cell; an error is a failure, not the end of the table. */
export async function play(cell, server, tabs) {
  const game = new Play(server, tabs);
  try {
    await within(Promise.resolve(cell.play(game)), `the cell "${cell.name}"`, 6 * LIMIT);
  } catch (error) {
    // What the harness itself could not do is no verdict on a cache.
    if (error.code === 'ERR_ASSERTION') throw error;
    game.note('failed', error.message.split('\n')[0]);
  }
  return game.worst;
}
