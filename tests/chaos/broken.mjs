/** Servers and pages that break a rule, for the observer's own test. */

/** A request of carol's. */
const READ = { kind: 'get', tab: 4, path: '/api/items/4', burst: 1 };

/**
 * Each must be found out, by a violation of `rule` that `says` so. `page` is put into every page, `stamp` changes what a
 * response says, `uncommitted` is for how many operations data is older than its stamp. `kinds`: the only operations then; `script`: the first ones, of which the last is repeated.
 */
export const BROKEN = {
  h1: {
    what: 'a server that stamps responses newer than their data (H1)',
    rule: 'I1',
    uncommitted: 20,
  },
  label: {
    what: 'a page that serves what it has without looking at a label (S1)',
    rule: 'I1',
    page: serveWithoutLabel,
  },
  off: {
    what: 'a page that does not hear that caching is off (R9)',
    rule: 'I1',
    says: /caching was off/,
    kinds: ['get', 'enable'],
    stamp: (_, { 'X-Cache-Enabled': unheard, ...headers }) => headers,
  },
  rotation: {
    what: "a page that does not hear of a person's other scope (R11)",
    rule: 'I2',
    says: /under the scope/,
    kinds: ['get', 'rotate'],
    stamp: ({ name }, headers) => ({ ...headers, 'X-Cache-Scope': `scope-of-${name}` }),
  },
  scope: {
    what: "a server that calls everybody at a cookie's site by one scope (R11)",
    rule: 'I2',
    says: /was answered with/,
    script: [
      { kind: 'name', tab: 5, person: 1, signsIn: true },
      { kind: 'name', tab: 4, person: 0, signsIn: false },
      READ,
    ],
    stamp: (user, headers) => (['carol', 'dave'].includes(user.name) ? { ...headers, 'X-Cache-Scope': 'scope-of-carol' } : headers),
  },
  session: {
    what: 'a page that does not hear who has signed in elsewhere (S6)',
    rule: 'I2',
    says: /signed in elsewhere/,
    script: [...Array(60).fill(READ), { kind: 'name', tab: 5, person: 1, signsIn: true }, READ],
    page: serveTheDisplaced,
  },
  thaw: {
    what: 'a page that goes on where it was when it was frozen (S1b)',
    rule: 'I1',
    kinds: ['get', 'bump', 'sleep'],
    page: serveWhatWasFrozen,
  },
};

/** A cache that keeps the first answer for ever. */
function serveWithoutLabel() {
  const kept = new Map();
  let real;
  Object.defineProperty(globalThis, 'get', {
    set: (get) => (real = get),
    get: () => async (path, user, init = {}) => {
      if (init.method) return real(path, user, init);
      const key = `${user} ${path}`;
      if (!kept.has(key)) kept.set(key, await real(path, user, init));
      return kept.get(key);
    },
  });
}

/** A cache that keeps the first hit of each person who is named. */
function serveTheDisplaced() {
  const kept = new Map();
  let real;
  Object.defineProperty(globalThis, 'get', {
    set: (get) => (real = get),
    get: () => async (path, user, init = {}) => {
      const key = `${globalThis.named} ${path}`;
      if (kept.has(key)) return kept.get(key);
      const answer = await real(path, user, init);
      if (answer.body.user === globalThis.named && /; hit\b/.test(answer.headers['cache-status'])) kept.set(key, answer);
      return answer;
    },
  });
}

/** After the page was frozen or away, it answers everything once with what it had before. */
function serveWhatWasFrozen() {
  let kept = new Map();
  let frozen = new Map();
  let real;
  const back = () => {
    frozen = kept;
    kept = new Map();
  };
  document.addEventListener('resume', back);
  addEventListener('pageshow', ({ persisted }) => void (persisted && back()));
  Object.defineProperty(globalThis, 'get', {
    set: (get) => (real = get),
    get: () => async (path, user, init = {}) => {
      const key = `${user} ${path}`;
      if (frozen.has(key)) {
        const answer = frozen.get(key);
        frozen.delete(key);
        return answer;
      }
      const answer = await real(path, user, init);
      if (!init.method) kept.set(key, answer);
      return answer;
    },
  });
}
