/** The part of the cache that is loaded with the engine: what passes between requests and it. */

import { NO_RULE, type EngineOptions, type Fresh, type HeaderSource } from './boundary.js';
import type { Client, Receive } from './client.js';
import { compileEngine } from './compile.js';
import { Shim } from './engine.js';
import type { Parts } from './load.js';
import type { Passage } from './passage.js';
import { freeze, hitStatus, json, missStatus, size } from './record.js';
import { openTabs } from './tabs.js';
import { tagged } from './tags.js';
import type { TagMatch, UrlMatch } from './types.js';

/** How long the database may take to open before memory has to do, ms. */
const OPEN_WITHIN = 2_000;
/** How long `clear` and `delete` wait for their commit, ms. */
const COMMIT_WITHIN = 10_000;
/** What the memory layer may hold, bytes. */
const MEMORY_BYTES = 8 * 2 ** 20;
/** How many requests are remembered for events about them that come later. */
const REMEMBERED = 300;

/** Compiles the engine and opens it; the client hears of the rest through `ready` and `fail`. */
export async function start(client: Client, { glue, file }: Parts): Promise<void> {
  const module = await compileEngine(file);
  if (client.status !== 'loading') return;
  new Runtime(client, () => glue.default(module));
}

export class Runtime {
  /** For adapters, which are other modules than this one is bundled with. */
  readonly record = { freeze, hitStatus, json, missStatus };
  readonly #client: Client;
  readonly #shim: Shim;
  readonly #handles = new Map<string, number>();
  readonly #recent = new Map<number, Passage>();
  /** The partition the last request of the present user belonged to, and its server. */
  #current: number | undefined;
  #server = '';

  constructor(client: Client, fresh: Fresh) {
    this.#client = client;
    this.#shim = new Shim(
      fresh,
      engineOptions(client),
      {
        opened: (mode, reason) => this.#opened(mode, reason),
        changed: (handle, cause, version, suspended) => this.#changed(handle, cause, version, suspended),
        late: (id, rule) => this.#tell('late', id, rule),
        stored: (id) => this.#tell('store', id),
        warn: client.warn,
        replaced: (message) => this.#replaced(message),
        trapped: (message) => client.fail(`panic: ${message}`, true),
      },
      client.deadlines,
      openTabs(
        (partition) => this.#shim.call((engine) => engine.heard(partition), undefined),
        () => this.#shim.call((engine) => engine.wake(), undefined),
      ),
    );
    client.begun = this;
    this.#shim.call((engine) => engine.open(), undefined);
  }

  /** Another engine has to begin. What the first had not yet committed is lost, and a clear stands for it (S1a). */
  #replaced(message: string): void {
    this.#client.warn('panic', `the cache broke down and was started again (${message}).`);
    this.#client.events.tell('error', { reason: `panic: ${message}` });
    const names = [...this.#handles.keys()];
    this.#handles.clear();
    for (const name of names) this.#partition(...(name.split(/ (.*)/s) as [string, string]));
    this.#shim.call((engine) => engine.clear(this.#shim.next(), -1), undefined);
    if (this.#client.user !== null) this.name(this.#client.user);
    this.#shim.call((engine) => engine.open(), undefined);
  }

  #opened(mode: 'indexeddb' | 'memory', reason: string): void {
    if (mode === 'indexeddb') return this.#client.ready(null);
    this.#client.warn('memory-only', `IndexedDB cannot be used, so for now responses are kept in memory, for this page only (${reason}).`);
    this.#client.ready(`memory-only: ${reason}`);
  }

  /** The application names the user, perhaps again. */
  name(user: string): void {
    this.#current = undefined;
    this.#server = '';
    for (const server of this.#client.router.servers) {
      const handle = this.#partition(server, user);
      this.#current ??= handle;
      this.#announce(handle);
    }
  }

  #announce(handle: number): void {
    const cookies = this.#client.settings.session === 'cookie';
    this.#shim.call((engine) => engine.name_user(this.#shim.next(), handle, cookies), undefined);
  }

  #partition(server: string, user: string): number {
    const name = `${server} ${user}`;
    let handle = this.#handles.get(name);
    if (handle === undefined) {
      const { userIs } = this.#client.settings;
      handle = this.#shim.call((engine) => engine.partition(server, user, userIs === 'scope'), 0);
      this.#handles.set(name, handle);
    }
    return handle;
  }

  /** Where a request's entries are kept. */
  #handle(p: Passage): number {
    // Nearly always; a name has to be joined and hashed.
    if (this.#current !== undefined && p.user === this.#client.user && p.route.origin === this.#server) return this.#current;
    const first = !this.#handles.has(`${p.route.origin} ${p.user}`);
    const handle = this.#partition(p.route.origin, p.user);
    if (p.user === this.#client.user) {
      this.#current = handle;
      this.#server = p.route.origin;
      // A server nobody knew of when the user was named.
      if (first) this.#announce(handle);
    }
    return handle;
  }

  #key(p: Passage): string {
    if (p.key) return p.key;
    let key = `${p.variant} ${p.method} ${p.own.key === undefined ? p.route.href : `key:${JSON.stringify(p.own.key)}`}`;
    if (p.headers) {
      for (const name of this.#client.settings.keyHeaders) {
        const value = p.headers.get(name);
        if (value !== null) key += `\n${name.toLowerCase()}: ${value}`;
      }
    }
    if (p.credentials) key += `\n(credentials): ${p.credentials}`;
    return (p.key = key);
  }

  lookup(p: Passage, due: number, receive: Receive): void {
    const handle = this.#handle(p);
    this.#shim.lookup(handle, this.#key(p), due, (verdict, layer, found, token) => {
      if (p.naming !== this.#client.naming) {
        p.why = 'user';
        return receive(p.why, '', undefined);
      }
      p.token = token;
      p.why = verdict === 'fresh' ? '' : verdict;
      if (verdict === 'timeout') this.depart(p);
      receive(verdict, layer, found);
    });
  }

  /** What was found makes no answer. */
  reject(p: Passage): void {
    p.why = 'corrupt';
    this.depart(p);
  }

  /** What is not looked up departs with what the engine knows at this moment. */
  depart(p: Passage): void {
    p.token = this.#shim.call((engine) => engine.depart(this.#handle(p), Date.now()), undefined);
  }

  observe(p: Passage, status: number, said: HeaderSource): number {
    const { rule, href } = p.route;
    const ttl = p.own.ttl ?? rule?.ttl;
    const stale = p.own.staleWhileRevalidate ?? rule?.staleWhileRevalidate;
    const named = rule ?? ttl ?? stale;
    const key = p.plan === 'observe' ? undefined : this.#key(p);
    const headers = p.own.tags ? tagged(said, p.own.tags) : said;
    const handle = this.#handle(p);
    p.id = this.#shim.next();
    this.#remember(p);
    return this.#shim.observe(p.id, (engine) =>
      engine.observe(
        p.id,
        handle,
        p.token,
        key,
        href,
        p.method,
        status,
        headers,
        ttl ?? (named === undefined ? NO_RULE : NaN),
        stale ?? NaN,
      ),
    );
  }

  #remember(p: Passage): void {
    this.#recent.set(p.id, p);
    if (this.#recent.size > REMEMBERED) this.#recent.delete(this.#recent.keys().next().value!);
  }

  #tell(type: 'store' | 'late', id: number, rule?: string): void {
    const p = this.#recent.get(id);
    this.#client.events.tell(type, { reason: rule ?? p?.why }, p);
  }

  /** Calls `go` when what `p`'s response changes is committed, or soon; call it right after `observe`. */
  hold(p: Passage, go: () => void): void {
    this.#shim.hold(p.id, go);
  }

  /** Brings the body `observe` asked for. It belongs to the cache from here on. */
  admit(p: Passage, body: string | ArrayBuffer, statusText: string, headerLines: string): void {
    const bytes = size(body) + headerLines.length;
    this.#shim.call((engine) => engine.admit(p.id, body, bytes, statusText, headerLines, Date.now()), undefined);
  }

  /** There will be no body. */
  abandon(p: Passage): void {
    this.#shim.call((engine) => engine.abandon(p.id), undefined);
  }

  /** S5: requests under way with the same name may share one network request; `undefined`: with none. */
  shareName(p: Passage): string | undefined {
    if (p.orphaned || !p.token || p.plan !== 'lookup') return undefined;
    const [incarnation, generation, clock] = p.token;
    return `${this.#handle(p)} ${incarnation} ${generation} ${clock} ${this.#key(p)}`;
  }

  /** The request header that tells the server which version this tab knows, and its value (H3). */
  echo(p: Passage): readonly [name: string, value: string] | undefined {
    const name = this.#shim.echoName;
    if (!this.#client.settings.echoVersion || !p.route.own || p.orphaned || !name) return undefined;
    const value = this.#shim.call((engine) => engine.echo(this.#handle(p)), undefined);
    return value === undefined ? undefined : [name, value];
  }

  version(): number | undefined {
    const handle = this.#current;
    return handle === undefined ? undefined : this.#shim.call((engine) => engine.version(handle), undefined);
  }

  enabled(): boolean | undefined {
    const handle = this.#current;
    return handle === undefined ? undefined : this.#shim.call((engine) => engine.enabled(handle), undefined);
  }

  counters(): Record<string, number> {
    return this.#shim.call((engine) => engine.counters(), {});
  }

  /** R10 for a user, or with `null` for all. */
  async clear(user: string | null): Promise<void> {
    const handles = user === null ? [-1] : this.#handlesOf(user);
    const done = handles.map((handle) => this.#shim.settle(COMMIT_WITHIN, (engine, id) => engine.clear(id, handle)));
    this.#client.events.tell('clear', {});
    await Promise.all(done);
  }

  async delete(user: string, match: UrlMatch | TagMatch): Promise<number> {
    const [kind, source, flags] =
      typeof match === 'string'
        ? (['prefix', this.#client.router.absolute(match), ''] as const)
        : 'tag' in match
          ? (['group', match.tag, ''] as const)
          : (['pattern', match.source, match.flags] as const);
    const counts = this.#handlesOf(user).map((handle) =>
      this.#shim.settle(COMMIT_WITHIN, (engine, id) => engine.invalidate(id, handle, kind, source, flags)),
    );
    this.#client.events.tell('clear', { reason: 'delete' });
    return (await Promise.all(counts)).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  }

  /** A version of one server's data that no response of this tab brought (R12). */
  learn(server: string, user: string, version: number, scope: string | undefined): void {
    this.#shim.call((engine) => engine.learn(this.#partition(server, user), version, scope), undefined);
  }

  #handlesOf(user: string): number[] {
    return [...this.#client.router.servers].map((server) => this.#partition(server, user));
  }

  #changed(handle: number, cause: string, version: number | undefined, suspended: boolean): void {
    if (suspended) {
      const text = 'the server says its responses are for another user than the one named; nothing is cached until the user is named again.';
      this.#client.warn('suspended', text);
    }
    const { user, router } = this.#client;
    if (user !== null && [...router.servers].some((server) => this.#handles.get(`${server} ${user}`) === handle)) {
      this.#client.events.tell('version', { reason: cause, version });
    }
  }

  close(): void {
    this.#shim.close();
  }
}

function engineOptions({ settings }: Client): EngineOptions {
  let mirror: Storage | null = null;
  try {
    mirror = globalThis.localStorage ?? null;
  } catch {
    // Refused to this page; then tabs tell each other a little later (S1b).
  }
  const { maxBytes, maxEntries, ttl, versionless, keyHeaders } = settings;
  return {
    maxBytes,
    maxEntries,
    ttl,
    mirror,
    memoryBytes: MEMORY_BYTES,
    openTimeout: OPEN_WITHIN,
    versionlessTtl: versionless === 'ttl',
    keyHeaders: keyHeaders.join(','),
  };
}
