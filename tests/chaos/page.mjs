/** What chaos puts into every page before its scripts run. The function stands alone: it is copied there. */

/** A clock that can be moved, and requests that tell what the observer wants to know. */
export function chaosPage() {
  const now = Date.now.bind(Date);
  globalThis.clockOffset = 0;
  Date.now = () => now() + globalThis.clockOffset;
  globalThis.namings = 0;
  let asked = 0;
  let under = 0;
  const engine = () => globalThis.cache?.stats().engine ?? {};
  /** Is the client on a database, and was it all the while, with the same engine? */
  const watch = () => {
    const { reason } = globalThis.cache;
    const { fallbacks, restarts } = engine();
    const same = () => fallbacks === engine().fallbacks && restarts === engine().restarts;
    return () => reason === null && globalThis.cache.reason === null && same();
  };
  globalThis.ask = async (path, user, init) => {
    const { namings, named } = globalThis;
    const durable = watch();
    const { disabled } = engine();
    const at = ++asked;
    const alone = under++ === 0;
    const began = now();
    try {
      const { status, headers, body } = await globalThis.get(path, user, init);
      const ended = now();
      const said = headers['cache-status'] ?? '';
      const { user: whose, path: what, edition, version, enabled, scope, serial } = body ?? {};
      const { disabled: disabledNow, suspended } = engine();
      return {
        began,
        ended,
        status,
        body: { user: whose, path: what, edition, version, enabled, scope, serial },
        hit: /; hit\b/.test(said),
        askedAs: named,
        named: namings === globalThis.namings ? named : undefined,
        version: globalThis.cache.version(),
        durable: durable(),
        // R9 is committed, and it was this answer's: no other was under way.
        off: alone && at === asked && disabledNow > disabled,
        disabled: disabledNow,
        suspended,
      };
    } catch (error) {
      return { began, ended: now(), error: String(error) };
    } finally {
      under--;
    }
  };
  globalThis.wipe = async (path, options) => {
    const durable = watch();
    const { namings } = globalThis;
    const began = now();
    await (path === undefined ? globalThis.cache.clear(options) : globalThis.cache.delete(path));
    const ended = now();
    return { began, ended, durable: ended - began < 9_000 && durable(), renamed: namings !== globalThis.namings };
  };
  globalThis.nameUser = (called, named) => {
    globalThis.namings++;
    globalThis.named = named;
    globalThis.cache.setUser(called);
  };
}
