/** The part of the cache that every page loads: who is signed in, what concerns the cache, and the way past it. */

import type { HeaderSource, StoredRecord } from './boundary.js';
import { Deadlines, type Due } from './deadlines.js';
import { Events } from './events.js';
import { expose } from './expose.js';
import type * as look from './inspection.js';
import { type Action, loader, type Loader, missing } from './load.js';
import { readMatch, readUser, type Settings } from './options.js';
import { Passage, type RequestOptions, type Variant } from './passage.js';
import { Router } from './route.js';
import type { Runtime } from './runtime.js';
import type * as api from './types.js';
import { warn } from './warn.js';

/** How long loading may take, ms. */
const LOAD_WITHIN = 10_000;

/** Takes the answer of a lookup; without a record, `verdict` says why. Called once, possibly before `lookup` returns. */
export type Receive = (verdict: string, layer: '' | api.CacheLayer, record: StoredRecord | undefined) => void;

/** Everything but `fetch`: adapters bring their own way to the network. */
export class Client implements Omit<api.HybridCacheClient, 'fetch'> {
  status: api.CacheStatus = 'idle';
  reason: string | null = null;
  /** There while the status is `ready`. */
  runtime: Runtime | undefined;
  /** The same from when its engine runs; it stays when it has died, and then answers as a dead one. */
  begun: Runtime | undefined;
  /** Who was named last. */
  user: string | null = null;
  /** Goes up whenever the user changes. */
  naming = 0;
  bypass = false;
  /** Takes what was loaded with the engine, before that begins. */
  companion?: (action: Action) => void;
  readonly router: Router;
  readonly deadlines = new Deadlines();
  readonly events = new Events();
  readonly counts = { hits: 0, misses: 0, stale: 0, bypassed: 0, memoryHits: 0, shared: 0, savedBytes: 0 };
  readonly reasons: Record<string, number> = {};
  readonly warn = warn;
  /** Calls what the application gave; an adapter does so where it expects to be called. */
  ask: <T>(call: () => T) => T = (call) => call();
  readonly #loader: Loader;
  #source: Settings['user'];
  /** Responses that came while loading; the engine hears of them before anything is looked up. */
  #early: (() => void)[] = [];
  /** What waits for loading to end. */
  readonly #waiting = new Set<Due>();
  readonly #conceal: () => void;

  constructor(
    readonly settings: Settings,
    /** Imports what is loaded with the engine: by each entry in a file of its own. */
    readonly action: () => Promise<Action>,
    loading: Loader = loader,
  ) {
    this.router = new Router(settings);
    this.#conceal = settings.expose ? expose(this) : () => {};
    this.#source = settings.user;
    this.#loader = loading;
    const reason = loading.refused ?? (loading.missing ?? missing)();
    if (reason) this.#move('unavailable', reason);
    // Later, so that a function that tells the user may itself depend on this client.
    if (this.#source) queueMicrotask(() => this.#name(true));
  }

  setUser(user: string | null): void {
    this.#source = readUser('user', user);
    if (!this.#become(user) && user !== null) this.runtime?.name(user);
  }

  /** Asks who the user is, as a departing request does. */
  #name(quiet?: boolean): string | null {
    let user: string | null = null;
    try {
      const source = this.#source;
      user = typeof source === 'function' ? readUser('user()', this.ask(source) ?? null) : source;
    } catch (error) {
      if (!quiet) warn('user', `nothing is cached, since the user is not known: ${String(error)}`);
    }
    this.#become(user);
    return user;
  }

  #become(user: string | null): boolean {
    if (user === this.user) return false;
    const left = this.user;
    this.user = user;
    this.naming++;
    this.events.tell('status', { reason: 'user' });
    if (left !== null && this.settings.signOut === 'clear') this.arrival(undefined, () => void this.runtime?.clear(left));
    if (user !== null) this.#start();
    this.runtime?.name(user);
    return true;
  }

  #start(): void {
    if (this.status === 'unavailable') this.#warn();
    if (this.status !== 'idle') return;
    this.#move('loading');
    const limit: Due = {
      due: performance.now() + LOAD_WITHIN,
      expire: () => this.status === 'loading' && this.fail(`wasm: not loaded within ${LOAD_WITHIN} ms`),
    };
    this.deadlines.add(limit);
    this.arrival(undefined, () => this.deadlines.delete(limit));
    this.#loader
      .load(this.settings.wasmUrl, this.action)
      .then(({ action, file }) => {
        this.companion?.(action);
        return action.start(this, file);
      })
      .catch((error: unknown) => this.fail(error === 'csp' ? error : `wasm: ${String(error)}`, error === 'csp'));
  }

  /** The storage is open, or is not (`reason`), and the engine runs all the same. May come again. */
  ready(reason: string | null): void {
    const runtime = this.begun;
    if (this.status === 'loading' && runtime) {
      this.runtime = runtime;
      runtime.name(this.user);
      for (const observe of this.#early.splice(0)) observe();
    }
    if (this.runtime) this.#move('ready', reason);
  }

  /** Out of action for the rest of this page; `lasting`: for every client of this page. */
  fail(reason: string, lasting?: boolean): void {
    if (this.status === 'unavailable') return;
    if (lasting) this.#loader.refused = reason;
    this.runtime = undefined;
    this.begun?.close();
    this.#early = [];
    this.#move('unavailable', reason);
    if (reason === 'closed') return;
    this.events.tell('error', { reason });
    this.#warn();
  }

  #warn(): void {
    const { reason } = this;
    // Where there is no document nobody is missing the cache: a server renders, once.
    if (globalThis.document && reason !== 'closed') {
      warn(String(reason), `nothing is cached in this page (${reason}); requests go to the network.`);
    }
  }

  #move(status: api.CacheStatus, reason: string | null = null): void {
    if (this.status === status && this.reason === reason) return;
    this.status = status;
    this.reason = reason;
    if (status !== 'loading') {
      for (const item of [...this.#waiting]) {
        this.deadlines.delete(item);
        item.expire();
      }
    }
    this.events.tell('status', { reason });
  }

  /** A request is being made. `undefined`: it does not concern the cache, and neither does its response. */
  enter(
    method: string,
    address: string,
    variant: Variant,
    headers: HeaderSource | undefined,
    own: RequestOptions,
    credentials?: string,
  ): Passage | undefined {
    // Of what broke, responses are told; where the cache cannot be, or was ended, they pass as if there were none.
    const failure = this.status === 'unavailable' ? /^(csp|wasm|panic)/.exec(this.reason!) : undefined;
    const user = failure === null ? null : this.#name();
    if (user === null) return undefined;
    const route = this.router.route(address);
    if (!route || !this.router.servers.has(route.origin)) return undefined;
    const asked = this.bypass || failure ? ({ mode: 'bypass' } as const) : own;
    const p = new Passage(route, user, this.naming, method, variant, headers, asked, credentials);
    if (failure) p.why = failure[0];
    if (this.events.heard) this.due(p);
    return p;
  }

  /** Looks up what is planned as `lookup`. Never takes longer than `lookupTimeout`, counted from its making. */
  lookup(p: Passage, receive: Receive): void {
    if (this.runtime) return this.runtime.lookup(p, receive);
    this.arrival(p, () => {
      if (this.runtime) this.runtime.lookup(p, receive);
      else receive((p.why = 'loading'), '', undefined);
    });
  }

  /** Calls `go` once loading has ended, when the lookup is due at the latest; at once if nothing is being loaded. */
  arrival(p: Passage | undefined, go: () => void): void {
    if (this.status !== 'loading') return go();
    const item: Due = {
      due: p ? this.due(p) : Infinity,
      expire: () => {
        this.#waiting.delete(item);
        go();
      },
    };
    this.#waiting.add(item);
    this.deadlines.add(item);
  }

  /** When its lookup has to be over. */
  due(p: Passage): number {
    return (p.started ||= performance.now()) + this.settings.lookupTimeout;
  }

  /** The request goes to the network now. */
  depart(p: Passage): void {
    if (this.#name() !== p.user || this.naming !== p.naming) {
      // Its credentials are one user's, and cookies by now another's: its response can be attributed to nobody.
      p.orphaned = true;
      p.why = 'user';
    } else if (p.plan !== 'lookup') this.runtime?.depart(p);
  }

  /** Its response is here: bits `BRING` and `HOLD`, see there. */
  observe(p: Passage, status: number, headers: HeaderSource): number {
    if (p.orphaned) return 0;
    if (this.runtime) return this.runtime.observe(p, status, headers);
    if (this.status === 'loading') this.#early.push(() => this.runtime?.observe(p, status, headers));
    return 0;
  }

  /** Counts and tells how a request was answered: from a record, or by the network. */
  done(p: Passage, type?: 'hit' | 'stale', layer?: '' | api.CacheLayer, record?: StoredRecord): void {
    const { counts, reasons } = this;
    if (type) {
      counts[type === 'hit' ? 'hits' : type]++;
      if (record) counts.savedBytes += record.bytes - record.headers.length;
      if (layer === 'memory') counts.memoryHits++;
    } else {
      counts[p.plan === 'lookup' ? 'misses' : 'bypassed']++;
      reasons[p.why] = (reasons[p.why] ?? 0) + 1;
    }
    if (this.events.heard) {
      const ms = p.started && performance.now() - p.started;
      this.events.tell(type ?? (p.plan === 'lookup' ? 'miss' : 'bypass'), { ms, reason: p.why, layer, version: this.version() }, p);
    }
  }

  on(listener: (event: api.CacheEvent) => void): () => void {
    return this.events.on(listener);
  }

  version(): number | null {
    return (this.user !== null && this.runtime?.version()) || null;
  }

  /** What the server said last about caching for this user; `null` where nothing is known. */
  enabled(): boolean | null {
    return this.user === null ? null : (this.runtime?.enabled() ?? null);
  }

  stats(): api.CacheStats {
    const engine = this.runtime?.counters() ?? {};
    const { late = 0, stores = 0, storeErrors: errors = 0, evicted = 0 } = engine;
    return { ...this.counts, late, stores, errors, evicted, reasons: { ...this.reasons }, engine };
  }

  async whenReady(): Promise<boolean> {
    this.#start();
    await new Promise<void>((go) => this.arrival(undefined, go));
    return this.status === 'ready';
  }

  async clear({ all }: api.ClearOptions = {}): Promise<void> {
    const user = this.#name();
    if (!all && user === null) return;
    if (this.runtime || (await this.whenReady())) await this.runtime?.clear(all ? null : user);
  }

  async delete(match: api.UrlMatch | api.TagMatch): Promise<number> {
    const checked = typeof (match as api.TagMatch)?.tag === 'string' ? (match as api.TagMatch) : readMatch('match', match);
    const user = this.#name();
    if (user === null || !(this.runtime || (await this.whenReady()))) return 0;
    return (await this.runtime?.delete(user, checked)) ?? 0;
  }

  async prefetch(urls: readonly string[], options?: api.PrefetchOptions): Promise<number> {
    if (this.#name() === null || !(await this.whenReady())) return 0;
    return (await (await this.action()).fetches(this)).prefetch(urls, options?.as);
  }

  async entries(): Promise<look.CacheEntryInfo[]> {
    return (await inspection()).entries(this);
  }

  async explain(url: string): Promise<look.Explanation> {
    return (await inspection()).explain(this, url);
  }

  async diagnose(url?: string, headers?: Readonly<Record<string, string>>): Promise<look.Diagnosis> {
    return (await inspection()).diagnose(this, url, headers);
  }

  async exportEntries(): Promise<look.CacheSnapshot> {
    return (await inspection()).exportEntries(this);
  }

  async importEntries(snapshot: look.CacheSnapshot): Promise<look.ImportResult> {
    return (await inspection()).importEntries(this, snapshot);
  }

  close(): void {
    this.#conceal();
    this.fail('closed');
    this.events.end();
  }
}

const inspection = () => import('./inspect.js');
