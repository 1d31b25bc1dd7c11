/**
 * The yardstick: what a developer would write by hand. One database, a version record and the entries as text, one
 * transaction per get, the answer in the event of the second request.
 */

let database;
let version = 1;

export function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('yardstick', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('state').put(1, 'version');
      request.result.createObjectStore('entries');
    };
    request.onsuccess = () => resolve((database = request.result));
    request.onerror = () => reject(request.error);
  });
}

/** The text stored for `url` under the present version, or `undefined`. */
export function get(url) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(['state', 'entries'], 'readonly');
    const version = transaction.objectStore('state').get('version');
    const entry = transaction.objectStore('entries').get(url);
    entry.onsuccess = () => {
      const found = entry.result;
      resolve(found !== undefined && found.version === version.result ? found.text : undefined);
    };
    entry.onerror = () => reject(entry.error);
  });
}

/** Stores `text`; nobody waits for it. */
export function put(url, text) {
  const transaction = database.transaction(['entries'], 'readwrite', { durability: 'relaxed' });
  transaction.objectStore('entries').put({ version, text }, url);
  transaction.commit();
  return ended(transaction);
}

/** Writes one small record so that it outlasts a loss of power. */
export function strict() {
  const transaction = database.transaction(['state'], 'readwrite', { durability: 'strict' });
  transaction.objectStore('state').put(version, 'version');
  transaction.commit();
  return ended(transaction);
}

/** As the page uses it: the object. */
export async function getJson(url) {
  return JSON.parse(await get(url));
}

/** As `fetch` hands it out. */
export async function getResponse(url) {
  return new Response(await get(url), { headers: { 'Content-Type': 'application/json' } });
}

/** Stores `[url, object]` pairs in one transaction. */
export function fill(entries) {
  const transaction = database.transaction(['entries'], 'readwrite', { durability: 'relaxed' });
  const store = transaction.objectStore('entries');
  for (const [url, body] of entries) store.put({ version, text: JSON.stringify(body) }, url);
  return ended(transaction);
}

/** Outdates everything stored: another version is written, to last. */
export function raise() {
  version++;
  return strict();
}

function ended(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
