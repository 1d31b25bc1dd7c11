/** One tab, and the client in its page. */

import assert from 'node:assert/strict';

import { LIMIT, until, within } from './deadline.mjs';

const FIREFOX_REFUSED = /^(Content-Security-Policy: |Loading module from )/;

export class Tab {
  /** Lines of the console, `{ type, text }`, since the tab was opened. */
  console = [];
  /** Errors that no script caught. */
  errors = [];

  constructor(page) {
    this.page = page;
    page.on('console', (message) => this.console.push({ type: message.type(), text: message.text() }));
    page.on('pageerror', (error) => {
      // Firefox tells what it refused itself like the errors of scripts.
      if (FIREFOX_REFUSED.test(error)) this.console.push({ type: 'error', text: String(error) });
      else this.errors.push(error);
    });
  }

  /** Loads a page of this server and, with `options`, makes a client there. Without: see {@link start}. */
  async open(server, options, path = '/page.html') {
    this.server = server;
    await this.page.goto(server.origin + path);
    if (path === '/page.html') await this.page.waitForFunction(() => globalThis.loaded);
    if (options) await this.start(options);
    return this;
  }

  /**
   * Makes the client and waits until it is in action, or is not and says why. Unless the options say otherwise, a lookup
   * may take long: on a busy machine a hit is to be a hit.
   */
  async start(options = {}) {
    this.options = { session: 'bearer', lookupTimeout: 5_000, ...options };
    await this.run((o) => globalThis.start(o), this.options);
    if (this.options.user) await this.settled();
  }

  /** Waits until the client no longer loads; answers its status. */
  async settled(limit = LIMIT) {
    const status = () => this.run(() => (/idle|loading/.test(globalThis.cache.status) ? '' : globalThis.cache.status));
    return until('the client to be ready or unavailable', status, limit);
  }

  /** Loads the page again and makes the same client. */
  async reload() {
    await this.page.reload();
    await this.page.waitForFunction(() => globalThis.loaded);
    await this.start(this.options);
  }

  /** Runs a function in the page, with one argument that can be copied there. */
  run(script, argument, limit = LIMIT) {
    return within(this.page.evaluate(script, argument), String(script), limit);
  }

  /** The application names another user, or nobody. */
  async name(user) {
    this.options = { ...this.options, user };
    await this.run((u) => globalThis.cache.setUser(u), user);
    if (user !== null) await this.settled();
  }

  /** A request of `user` through the cache, as the page makes it: `{ status, headers, body }`. */
  get(path, user = this.options.user, init = undefined) {
    return this.run(([p, u, i]) => globalThis.get(p, u, i), [path, user ?? undefined, init]);
  }

  /** Begins a request and leaves it under way: `{ answer() }`. */
  async begin(path, user = this.options.user, init = undefined) {
    const handle = await this.page.evaluateHandle(([p, u, i]) => ({ answer: globalThis.get(p, u, i) }), [path, user ?? undefined, init]);
    return { answer: () => within(handle.evaluate((h) => h.answer), `the answer of ${path}`) };
  }

  /** The keys and values of one object store, read past the library: `[[key, value], ...]`; `null` without database. */
  rows(store) {
    return this.run(rowsOf, store);
  }

  /**
   * Replaces every record of one object store whose key begins with `prefix`, past the library; answers how many there were.
   * `change` is the source text of an expression of a `record`.
   */
  damage(store, prefix, change) {
    return this.run(damage, [store, prefix, change]);
  }

  stats() {
    return this.run(() => globalThis.cache.stats());
  }

  /** `[status, reason]`. */
  status() {
    return this.run(() => [globalThis.cache.status, globalThis.cache.reason]);
  }

  version() {
    return this.run(() => globalThis.cache.version());
  }

  /** Resolves once this client knows this version; a response may be delivered before what it changes is committed. */
  knows(version) {
    return until(`version ${version} to be known`, async () => (await this.version()) === version);
  }

  /** Resolves once this client has written `count` responses to the storage since its page was loaded. */
  stored(count = 1) {
    return until(`${count} stored response(s)`, async () => (await this.stats()).stores >= count);
  }

  /** The events of the client since the page was loaded, of these types if any are named. */
  async events(...types) {
    const events = await this.run(() => globalThis.events);
    return types.length ? events.filter(({ type }) => types.includes(type)) : events;
  }

  /** How the last request to `path` was answered: `'network'`, `'memory'` or `'indexeddb'`, as the client tells it. */
  async source(path) {
    const answered = await this.events('hit', 'stale', 'miss', 'bypass');
    const last = answered.filter(({ url }) => url && new URL(url).pathname === path).at(-1);
    assert.ok(last, `the client told nothing of a request to ${path}; it is ${await this.status()}, console: ${JSON.stringify(this.console)}`);
    return last.layer ?? 'network';
  }

  /** Asks for `path` until the cache answers: for tests in which it may first have to find its feet again. */
  caches(path, user = this.options.user) {
    return until(`${path} from the cache`, async () => {
      await this.get(path, user);
      return (await this.source(path)) !== 'network';
    });
  }

  /**
   * Asks for `path` until memory answers. A hit counts wherever it comes from: while memory answers, the state is read
   * again every second (S1b).
   */
  async remembers(path, user = this.options.user) {
    await until(`${path} from memory`, async () => {
      await this.get(path, user);
      const source = await this.source(path);
      assert.notEqual(source, 'network');
      return source === 'memory';
    });
  }

  /** Warnings and errors on the console. */
  complaints() {
    return this.console.filter(({ type }) => type === 'warning' || type === 'error');
  }

  /**
   * Exactly one warning of ours is on the console, it matches, and nothing else went wrong in the page. Its sentence is
   * loaded when there is something to tell, so it is waited for.
   */
  async assertOneWarning(pattern) {
    await this.assertWarnings(1, pattern);
  }

  /** The same with so many warnings, the last of which matches. */
  async assertWarnings(count, pattern) {
    const warnings = () => this.complaints().filter(({ text }) => text.startsWith('hybrid-cache'));
    await until('the warning', () => warnings().length >= count);
    const ours = warnings();
    assert.equal(ours.length, count, `${count} warning(s), but the console has ${JSON.stringify(this.complaints())}`);
    for (const { type } of ours) assert.equal(type, 'warning');
    if (pattern) assert.match(ours.at(-1).text, pattern);
    this.assertNoErrors();
  }

  /** Nothing of ours is on the console and no error escaped. */
  assertQuiet() {
    assert.deepEqual(this.complaints().filter(({ text }) => text.startsWith('hybrid-cache')), []);
    this.assertNoErrors();
  }

  assertNoErrors() {
    assert.deepEqual(this.errors.map(String), []);
  }

  close() {
    return this.page.close();
  }
}

async function rowsOf(store) {
  const ended = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const known = (await indexedDB.databases()).some(({ name }) => name === 'hybrid-cache');
  if (!known) return null;
  const database = await ended(indexedDB.open('hybrid-cache'));
  try {
    const records = database.transaction(store).objectStore(store);
    const [keys, values] = await Promise.all([ended(records.getAllKeys()), ended(records.getAll())]);
    return keys.map((key, i) => [key, values[i]]);
  } finally {
    database.close();
  }
}

/** See {@link Tab.damage}. */
async function damage([store, prefix, change]) {
  const ended = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = () => reject(request.error))));
  const database = await ended(indexedDB.open('hybrid-cache'));
  const transaction = database.transaction(store, 'readwrite');
  const records = transaction.objectStore(store);
  const keys = (await ended(records.getAllKeys())).filter((key) => key.startsWith(prefix));
  const make = new Function('record', `return (${change});`);
  for (const key of keys) records.put(make(await ended(records.get(key))), key);
  await new Promise((go) => (transaction.oncomplete = go));
  database.close();
  return keys.length;
}
