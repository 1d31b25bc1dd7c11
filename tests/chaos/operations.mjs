/** What may happen next. An operation is chosen by the seed alone, never by what came of the earlier ones, so a seed replays. */

import { SITES, TABS } from './sites.mjs';

const PATHS = 12;

/** How often each happens, by weight, and what is chosen for it. */
const KINDS = {
  get: [600, (pick) => ({ tab: pick(TABS), path: path(pick), burst: 1 + pick(3) })],
  post: [20, (pick) => ({ tab: pick(TABS), path: path(pick) })],
  bump: [25, (pick) => ({ site: pick(SITES.length), person: pick(2) })],
  hold: [25, (pick) => ({ site: pick(SITES.length), path: path(pick) })],
  release: [40, () => ({})],
  name: [30, (pick) => ({ tab: pick(TABS), person: [0, 1, 0, 1, null][pick(5)], signsIn: pick(3) > 0 })],
  enable: [16, (pick) => ({ site: pick(SITES.length), person: pick(2), says: ['off', 'lost', 'nothing', 'on', 'on', 'on'][pick(6)] })],
  clear: [8, (pick) => ({ tab: pick(TABS), all: pick(4) === 0 })],
  delete: [8, (pick) => ({ tab: pick(TABS), path: path(pick) })],
  reload: [12, (pick) => ({ tab: pick(TABS) })],
  sleep: [14, (pick) => ({ tab: pick(TABS), how: pick(2) ? 'frozen' : 'away', operations: 1 + pick(60) })],
  regress: [4, (pick) => ({ site: pick(SITES.length), person: pick(2) })],
  rotate: [4, (pick) => ({ person: pick(2) })],
  reset: [8, (pick) => ({ site: pick(SITES.length), path: path(pick) })],
  clock: [8, (pick) => ({ tab: pick(TABS), by: [-3_600_000, -5_000, -900, 900, 5_000, 3_600_000][pick(6)] })],
  storage: [16, (pick) => ({ tab: pick(TABS), fault: ['fail', 'hang', 'lose', 'none', 'none', 'none'][pick(6)] })],
  quota: [4, (pick) => ({ tab: pick(TABS), bytes: [200_000, 400_000, undefined, undefined][pick(4)] })],
  deleteDatabase: [3, (pick) => ({ tab: pick(TABS) })],
  clearSiteData: [2, (pick) => ({ tab: pick(TABS) })],
  trap: [3, (pick) => ({ tab: pick(TABS) })],
  killTab: [4, (pick) => ({ tab: pick(TABS), crash: pick(2) === 0 })],
  killBrowser: [1, () => ({})],
};

/** A few are large enough to matter to a small quota. */
function path(pick) {
  const n = pick(PATHS);
  return n < 3 ? `/api/big/${n}?size=60000` : `/api/items/${n}`;
}

/** The kinds of faults among them, for the sum at the end. */
export const FAULTS = ['sleep', 'rotate', 'reset', 'clock', 'storage', 'quota', 'deleteDatabase', 'clearSiteData', 'trap', 'killTab', 'killBrowser', 'regress'];

/** The next operation: `{ kind, ... }`, of these `kinds` if any are named. */
export function choose(random, kinds = Object.keys(KINDS)) {
  const pick = (below) => Math.floor(random() * below);
  let at = random() * kinds.reduce((sum, kind) => sum + KINDS[kind][0], 0);
  for (const kind of kinds) {
    const [weight, more] = KINDS[kind];
    at -= weight;
    if (at < 0) return { kind, ...more(pick) };
  }
  return { kind: 'release' };
}
