/** A page without a browser: a clock that stands still, a network that is told what to answer, an engine of fifty lines. */

import { Fetcher } from '../../dist/fetcher.js';
import { readOptions } from '../../dist/options.js';
import { Runtime } from '../../dist/runtime.js';

export const ORIGIN = 'https://app.example';

globalThis.indexedDB ??= {};
globalThis.location ??= { origin: ORIGIN, href: `${ORIGIN}/` };

const { setTimeout: afterTask } = globalThis;

/** Everything that is due without the clock moving, and in the task after this one. */
export const settle = () => new Promise((done) => afterTask(() => setImmediate(done)));

/** `performance.now()` and `setTimeout` on one clock that moves only by `advance`. */
export function stopClock(t) {
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return {
    async advance(ms) {
      now += ms;
      t.mock.timers.tick(ms);
      await settle();
    },
  };
}

/** The engine's side of the boundary, simply: one map of records by handle and key, one version by handle. */
export class FakeEngine {
  constructor(host, options) {
    host.echoName = 'x-test-echo';
    Object.assign(this, { host, options, calls: [], partitions: [], records: new Map(), versions: new Map(), bringing: new Map() });
    /** Lookups wait in `waiting` for `answerAll()`. */
    this.slow = false;
    this.waiting = [];
    /** Memory answers before `lookup` returns. */
    this.memory = false;
    this.generation = 1;
    this.knowsState = true;
    /** Bits that `observe` adds, and what it does on the way. */
    this.also = 0;
    this.onObserve = () => {};
  }

  #note(name, ...values) {
    this.calls.push([name, ...values]);
    if (this.trapping === name) throw new WebAssembly.RuntimeError('unreachable');
  }

  called(name) {
    return this.calls.filter(([called]) => called === name).map(([, ...values]) => values);
  }

  open() {
    this.#note('open');
    if (!this.neverOpens) this.host.opened('indexeddb', '');
  }

  partition(server, user, scopeIsUser) {
    this.#note('partition', server, user, scopeIsUser);
    const name = `${server} ${user}`;
    if (!this.partitions.includes(name)) this.partitions.push(name);
    return this.partitions.indexOf(name);
  }

  name_user(id, handle, cookies) {
    this.#note('name_user', this.partitions[handle], cookies);
    this.host.settled(id);
  }

  token(departed) {
    return this.knowsState ? [1, this.generation, 0, departed] : undefined;
  }

  lookup(id, handle, key, now) {
    this.#note('lookup', this.partitions[handle], key);
    const answer = () => {
      const record = this.records.get(`${handle} ${key}`);
      const verdict = record ? (record.verdict ?? 'fresh') : 'absent';
      this.host.answered(id, verdict, record ? (this.memory ? 'memory' : 'indexeddb') : '', record, this.token(now));
    };
    if (this.memory) answer();
    else this.waiting.push(answer);
    if (!this.slow) queueMicrotask(() => this.answerAll());
  }

  /** `certain`: what it says without being asked. */
  again() {
    return this.certain;
  }

  answerAll() {
    for (const answer of this.waiting.splice(0)) answer();
  }

  depart(handle, now) {
    this.#note('depart', this.partitions[handle]);
    return this.token(now);
  }

  observe(id, handle, token, key, url, method, status, headers, ruleTtl, ruleStale) {
    const version = headers.get('X-Cache-Version');
    this.#note('observe', { partition: this.partitions[handle], token, key, url, method, status, version, ruleTtl, ruleStale });
    if (version !== null) this.versions.set(handle, Number(version));
    this.onObserve(id);
    const store = key !== undefined && token !== undefined && status === 200 && version !== null;
    if (store) this.bringing.set(id, { handle, key, url, status, stored: Date.now(), fresh: 60_000 });
    return (store ? 1 : 0) | this.also;
  }

  admit(id, { body, bytes, headers, statusText }) {
    this.#note('admit', body, bytes, statusText, headers);
    const { handle, key, ...rest } = this.bringing.get(id);
    this.records.set(`${handle} ${key}`, { ...rest, body, bytes, statusText, headers });
    this.host.stored(id);
  }

  abandon(id) {
    this.#note('abandon', id);
  }

  clear(id, handle) {
    this.#note('clear', handle);
    this.records.clear();
    this.host.settled(id);
  }

  invalidate(id, handle, kind, source, flags) {
    this.#note('invalidate', this.partitions[handle], kind, source, flags);
    this.host.settled(id, 2);
  }

  heard(partition) {
    this.#note('heard', partition);
  }

  wake() {
    this.#note('wake');
  }

  version(handle) {
    return this.versions.get(handle);
  }

  enabled() {
    return true;
  }

  echo(handle) {
    return this.versions.has(handle) ? String(this.versions.get(handle)) : undefined;
  }

  counters() {
    return { stores: this.called('admit').length };
  }

  close() {
    this.#note('close');
  }
}

/** What a client loads, without a network: `Engine` in place of the real one. */
export function fakeLoader(prepare = () => {}) {
  const loader = {
    refused: null,
    engine: undefined,
    async load(wasmUrl, action) {
      const engine = () =>
        class extends FakeEngine {
          constructor(host, options) {
            super(host, options);
            loader.engine = this;
            prepare(this);
          }
        };
      const start = async (client) => void (client.status === 'loading' && new (client.settings.encryptAtRest?.over(Runtime) ?? Runtime)(client, engine));
      return { action: { ...(await action()), start }, file: undefined };
    },
  };
  return loader;
}

/** A loader that waits for `arrive()`, or fails by `fail(error)`. */
export function lateLoader(prepare) {
  const loader = fakeLoader(prepare);
  const { load } = loader;
  let go;
  const gate = new Promise((arrive, fail) => (go = { arrive, fail }));
  return Object.assign(loader, go, { load: (...wanted) => gate.then(() => load(...wanted)) });
}

/** A client of `options`, closed after the test. */
export function clientOf(t, options = {}, loader = fakeLoader()) {
  const client = new Fetcher(readOptions({ user: 'ada', session: 'bearer', ...options }), loader);
  t.after(() => client.close());
  return Object.assign(client, { testLoader: loader });
}

/** A client in action, its engine, and its events so far. */
export async function readyClient(t, options, loader) {
  const client = clientOf(t, options, loader);
  const events = [];
  client.on((event) => events.push(event));
  if (!(await client.whenReady())) throw new Error(`not ready: ${client.reason}`);
  await settle();
  events.length = 0;
  return { client, engine: client.testLoader.engine, events };
}

/** Replaces `fetch`; every call is noted and answered by `answer(request)`, a `Response` or a promise of one. */
export function network(t, answer = () => stamped({ n: 1 })) {
  const requests = [];
  t.mock.method(globalThis, 'fetch', (input, init) => {
    const request = new Request(typeof input === 'string' ? new URL(input, ORIGIN) : input, init);
    requests.push(request);
    return Promise.resolve().then(() => answer(request, requests.length));
  });
  return requests;
}

/** A JSON response that carries a version. */
export function stamped(body, { version = 5, ...init } = {}) {
  return new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', 'x-cache-version': String(version), ...init.headers },
  });
}

/** What is said on the console during a test. */
export function listen(t) {
  const said = t.mock.method(console, 'warn', () => {});
  return () => said.mock.calls.map(({ arguments: [text] }) => text);
}

/** A promise and its ends. */
export function deferred() {
  let ends;
  const promise = new Promise((resolve, reject) => (ends = { resolve, reject }));
  return { promise, ...ends };
}

/** How requests ended, as events tell it. */
export const outcome = (events) =>
  events
    .filter(({ type }) => ['hit', 'miss', 'stale', 'bypass'].includes(type))
    .map(({ type, reason }) => (reason ? `${type} ${reason}` : type));
