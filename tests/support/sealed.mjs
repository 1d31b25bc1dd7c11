/** A page that keeps what it caches sealed, and WebCrypto that waits for a cue. */

/** Loads it anew, with `secret` (or none) as what the application tells; `options` as for `Tab.start`. */
export async function openSealed(tab, server, secret, options = tab.options) {
  await tab.open(server, undefined, '/sealed.html');
  await tab.page.waitForFunction(() => globalThis.loaded);
  await tab.run((given) => void (globalThis.secret = given), secret);
  await tab.start(options);
}

/**
 * Counts what is sealed and opened in `globalThis.sealings` and `openings`; while `globalThis.pause` is `'encrypt'` or
 * `'decrypt'`, that waits until `go()` is called. `paused` is how many wait. For a page, before its scripts run.
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
