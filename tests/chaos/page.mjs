/** What chaos puts into every page before its scripts run. Each function stands alone: it is copied there. */

/** A clock that can be moved, and requests that tell what the observer wants to know. */
export function chaosPage() {
  const now = Date.now.bind(Date);
  globalThis.clockOffset = 0;
  Date.now = () => now() + globalThis.clockOffset;
  globalThis.namings = 0;
  globalThis.ask = async (path, user, init) => {
    const before = { namings: globalThis.namings, named: globalThis.named, reason: globalThis.cache?.reason, fallbacks: globalThis.cache?.stats().engine.fallbacks };
    const began = now();
    try {
      const { status, headers, body } = await globalThis.get(path, user, init);
      const ended = now();
      const said = headers['cache-status'] ?? '';
      const { user: whose, path: what, edition, version, serial } = body ?? {};
      return {
        began,
        ended,
        status,
        body: { user: whose, path: what, edition, version, serial },
        hit: /; hit\b/.test(said),
        named: before.namings === globalThis.namings ? before.named : undefined,
        version: globalThis.cache.version(),
        durable: before.reason === null && globalThis.cache.reason === null && before.fallbacks === globalThis.cache.stats().engine.fallbacks,
      };
    } catch (error) {
      return { began, ended: now(), error: String(error) };
    }
  };
  globalThis.wipe = async (path, options) => {
    const before = { reason: globalThis.cache.reason, fallbacks: globalThis.cache.stats().engine.fallbacks };
    const began = now();
    await (path === undefined ? globalThis.cache.clear(options) : globalThis.cache.delete(path));
    const ended = now();
    const durable = ended - began < 9_000 && before.reason === null && globalThis.cache.reason === null && before.fallbacks === globalThis.cache.stats().engine.fallbacks;
    return { began, ended, durable };
  };
}

/** For the observer's own test: a cache that keeps the first answer for ever. */
export function serveWithoutLabel() {
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
