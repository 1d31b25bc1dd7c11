import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { CacheEvent, CacheLayer, HybridCache } from 'hybrid-cache/angular';

import { Session } from '../session/session';
import { median } from './median';
import { VersionPipe } from './version.pipe';

/** The panel's own question to the server; it is left out of everything the panel shows. */
export const COUNTER_URL = '/api/demo/requests/';

export type Outcome = 'hit' | 'miss' | 'stale' | 'bypass' | 'late';

/** One line of the timeline: a request and how it was answered, or (`outcome` null) something that happened. */
export interface Row {
  readonly id: number;
  readonly at: number;
  readonly outcome: Outcome | null;
  readonly layer: CacheLayer | 'network' | null;
  readonly text: string;
  readonly why: string | null;
  readonly ms: number | null;
  /** The request was made before the cache was ready: its time includes the cache's loading. */
  readonly loading: boolean;
}

interface Known {
  readonly scope: string | null;
  readonly version: number | null;
  readonly enabled: boolean | null;
}

const KEPT = 60;
/** The cache's one-word reasons, for people; a word that is not here is shown as it is. */
const REASONS: Readonly<Record<string, string>> = {
  absent: 'not kept yet',
  expired: 'too old',
  generation: 'of an older version',
  invalidated: 'invalidated',
  fenced: 'version in doubt',
  disabled: 'caching is off',
  suspended: 'another user answered',
  displaced: 'database replaced',
  corrupt: 'record unreadable',
  storage: 'storage failed',
  loading: 'the cache was still loading',
  method: 'not a read',
  include: 'not for the cache',
  asked: 'cache not asked',
};

/** Writes down what the cache tells, newest first, for the timeline. */
@Injectable({ providedIn: 'root' })
export class Journal {
  private readonly cache = inject(HybridCache);
  private readonly kept = signal<readonly Row[]>([]);
  private readonly inBrief = new VersionPipe();
  private ids = 0;
  private known: Known = { scope: null, version: null, enabled: null };

  readonly rows = this.kept.asReadonly();
  /** Requests answered so far, from wherever. */
  readonly answers = signal(0);
  /** How many of the last ones came from the cache, without a break. */
  readonly streak = signal(0);
  /** Of hits as they are once the cache is there. */
  readonly typicalCached = computed(() => this.typical((row) => row.layer !== 'network' && !row.loading));
  readonly typicalNetwork = computed(() => this.typical((row) => row.layer === 'network'));

  /** How long this page's first hit took, if the cache was still being loaded then. */
  readonly firstHit = computed(() => this.kept().filter((row) => row.loading && row.layer !== 'network').at(-1)?.ms ?? null);
  private readyAt = this.cache.status() === 'ready' ? -Infinity : Infinity;

  constructor() {
    this.cache.events$.pipe(takeUntilDestroyed()).subscribe((event) => this.hear(event));
    const { user, scope } = inject(Session);
    effect(() => {
      const name = user()?.name;
      if (name) untracked(() => this.write({ text: `${name} is at the desk` }));
    });
    effect(() => {
      const now = [scope(), this.cache.version(), this.cache.enabled()] as const;
      untracked(() => this.noteState(...now));
    });
  }

  private typical(which: (row: Row) => boolean): number | null {
    const answered = this.kept().filter((row) => row.ms !== null && row.outcome !== 'late' && which(row));
    return median(answered.map((row) => row.ms ?? 0));
  }

  private hear(event: CacheEvent): void {
    switch (event.type) {
      case 'hit':
      case 'miss':
      case 'stale':
      case 'bypass':
        if (event.url?.includes(COUNTER_URL)) return;
        this.answers.update((n) => n + 1);
        this.streak.update((n) => (event.layer ? n + 1 : 0));
        return this.request(event.type, event);
      case 'late':
        return this.request(event.type, event);
      case 'clear':
        return this.write({ text: 'The cache was cleared' });
      case 'status':
        // The signal follows a moment later.
        if (this.readyAt === Infinity && this.cache.client.status === 'ready') this.readyAt = event.at;
        return;
      case 'error':
        return this.write({ text: `Trouble in the cache: ${event.reason ?? 'no reason given'}` });
    }
  }

  private request(outcome: Outcome, { at, url = '', method, layer, reason, ms }: CacheEvent): void {
    this.write({
      outcome,
      layer: layer ?? 'network',
      text: brief(url, method),
      why: reason ? (REASONS[reason] ?? (outcome === 'late' ? `not stored: ${reason}` : reason)) : null,
      ms: ms ?? null,
      // Events have whole milliseconds.
      loading: ms !== undefined && at - ms < this.readyAt - 1,
    });
  }

  /** Compares with what was known before; another user's version is nothing to compare with. */
  private noteState(scope: string | null, version: number | null, enabled: boolean | null): void {
    const before = this.known.scope === scope ? this.known : { version: null, enabled: null };
    this.known = { scope, version: version ?? before.version, enabled };
    if (enabled === false && before.enabled !== false) this.write({ text: 'The server switched caching off' });
    if (enabled === true && before.enabled === false) this.write({ text: 'The server switched caching on' });
    if (version !== null && before.version !== null && version !== before.version) {
      this.write({ text: `The version changed to …${this.inBrief.transform(version, 'end')}` });
    }
  }

  private write(row: Partial<Row> & { text: string }): void {
    const complete = { outcome: null, layer: null, why: null, ms: null, loading: false, id: ++this.ids, at: Date.now(), ...row };
    this.kept.update((rows) => [complete, ...rows].slice(0, KEPT));
  }
}

/** `/api/invoices/7/` becomes `invoices/7`; a method other than GET goes first. */
function brief(url: string, method = 'GET'): string {
  const { pathname, search } = new URL(url, document.baseURI);
  const path = decodeURIComponent(pathname + search).replace(/^\/api\//, '').replace(/\/$/, '');
  return method === 'GET' ? path : `${method} ${path}`;
}
