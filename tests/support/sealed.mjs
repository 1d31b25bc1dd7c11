/** A page that keeps what it caches sealed, and WebCrypto that waits for a cue. Each function stands alone: it is copied there. */

/**
 * Makes `client` in a tab that is open, with `secret` (or none) as what the application tells; `options` as for
 * `Tab.start`.
 */
export async function startSealed(tab, secret, options) {
  await tab.run(async (given) => {
    const { encryption } = await import('/package/dist/encryption/index.js');
    globalThis.secret = given;
    globalThis.plainStart ??= globalThis.start;
    globalThis.start = (options) => globalThis.plainStart({ ...options, encryptAtRest: encryption(() => globalThis.secret) });
  }, secret);
  await tab.start(options);
}

/** The same after a reload, with a secret that may be another. */
export async function reloadSealed(tab, secret, options = tab.options) {
  await tab.page.reload();
  await tab.page.waitForFunction(() => globalThis.loaded);
  await startSealed(tab, secret, options);
}

/**
 * Counts what is sealed and opened in `globalThis.sealings` and `openings`; while `globalThis.pause` is `'encrypt'` or
 * `'decrypt'`, that waits until `go()` is called. `paused` is how many wait.
 */
export function countSealing() {
  // Scripts of this kind also run in the empty page before, which is not secure and has no cryptography.
  if (!globalThis.SubtleCrypto) return;
  Object.assign(globalThis, { sealings: 0, openings: 0, pause: '', paused: 0 });
  const waiting = [];
  globalThis.go = () => {
    globalThis.pause = '';
    for (const end of waiting.splice(0)) end();
  };
  for (const [name, count] of [['encrypt', 'sealings'], ['decrypt', 'openings']]) {
    const real = SubtleCrypto.prototype[name];
    SubtleCrypto.prototype[name] = async function (...given) {
      globalThis[count]++;
      if (globalThis.pause === name) {
        globalThis.paused++;
        await new Promise((go) => waiting.push(go));
      }
      return real.apply(this, given);
    };
  }
}

/** Puts what `change` makes of all entries, `[[key, record], ...]`, in their place, past the library. It stands alone, too. */
export async function changeRecords(tab, change) {
  await tab.run(async (text) => {
    const ended = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const database = await ended(indexedDB.open('hybrid-cache'));
    const transaction = database.transaction(['entries', 'directory'], 'readwrite');
    const entries = transaction.objectStore('entries');
    const [keys, records] = await Promise.all([ended(entries.getAllKeys()), ended(entries.getAll())]);
    const changed = (0, eval)(text)(records.map((record, at) => [keys[at], record]));
    entries.clear();
    if (!changed.length) transaction.objectStore('directory').clear();
    await Promise.all(changed.map(([key, record]) => ended(entries.put(record, key))));
    database.close();
  }, String(change));
}
