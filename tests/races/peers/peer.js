/**
 * What an application writes around a cache that knows no versions: the last version seen is remembered, another one
 * clears the cache, and so does another user. Every peer gets the same.
 */

/** Answers `saw(version)`, to be called for every response of the network, before the cache stores it. */
export function clearsOnChange(clear) {
  let known;
  return async (version) => {
    if (version === null || version === undefined || version === known) return;
    const first = known === undefined;
    known = version;
    if (!first) await clear();
  };
}

/** Puts the page's functions in place, as tests/support/pages/page.js has them. `make` answers `{ get, clear }`. */
export function offer(make) {
  globalThis.start = async ({ user }) => {
    const { get, clear } = await make();
    let named = user;
    globalThis.get = (path, who, init = {}) => get(path, { ...init, headers: { ...(who === undefined ? {} : { Authorization: `Bearer ${who}` }), ...init.headers } }, who ?? named);
    globalThis.cache = {
      status: 'ready',
      reason: null,
      clear,
      setUser(next) {
        if (next !== named) void clear();
        named = next;
      },
    };
  };
  globalThis.loaded = true;
}

/** A `Response` of fetch as the tests look at it. */
export async function seen(response) {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.json().catch(() => null) };
}
