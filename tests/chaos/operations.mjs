/** What may happen next. An operation is chosen by the seed alone, never by what came of the earlier ones, so a seed replays. */

/** Tabs of the browser. */
export const TABS = 4;
/** The people at them. */
export const USERS = ['alice', 'bob'];
const PATHS = 12;

/** How often each happens, by weight, and what is chosen for it. */
const KINDS = {
  get: [600, (pick) => ({ tab: pick(TABS), path: path(pick), burst: 1 + pick(3) })],
  post: [20, (pick) => ({ tab: pick(TABS), path: path(pick) })],
  bump: [25, (pick) => ({ user: USERS[pick(2)] })],
  hold: [25, (pick) => ({ path: path(pick) })],
  release: [40, () => ({})],
  name: [20, (pick) => ({ tab: pick(TABS), user: [...USERS, ...USERS, null][pick(5)] })],
  clear: [8, (pick) => ({ tab: pick(TABS), all: pick(4) === 0 })],
  delete: [8, (pick) => ({ tab: pick(TABS), path: path(pick) })],
  reload: [12, (pick) => ({ tab: pick(TABS) })],
  regress: [4, (pick) => ({ user: USERS[pick(2)] })],
  reset: [8, (pick) => ({ path: path(pick) })],
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

const TOTAL = Object.values(KINDS).reduce((sum, [weight]) => sum + weight, 0);

/** The kinds of faults among them, for the sum at the end. */
export const FAULTS = ['reset', 'clock', 'storage', 'quota', 'deleteDatabase', 'clearSiteData', 'trap', 'killTab', 'killBrowser', 'regress'];

/** The next operation: `{ kind, ... }`. */
export function choose(random) {
  const pick = (below) => Math.floor(random() * below);
  let at = random() * TOTAL;
  for (const [kind, [weight, more]] of Object.entries(KINDS)) {
    at -= weight;
    if (at < 0) return { kind, ...more(pick) };
  }
  return { kind: 'release' };
}
