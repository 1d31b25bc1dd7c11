import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { Signal, computed, effect, inject, signal, untracked } from '@angular/core';
import { HybridCache, skipCache } from 'hybrid-cache/angular';

import { OnScreen } from '../desk/on-screen';
import { Session } from '../session/session';

/** One GET: an address and its query. */
export interface Question {
  readonly url: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

interface Answer<T> {
  readonly body: T;
  /** The version the server stamped it with; null if it did not. */
  readonly stamp: number | null;
}

/** What a view knows of the answer to its question. */
export interface Reading<T> {
  /** The last answer. It stays while the next one is on its way, so that pages turn without a blank in between. */
  readonly value: Signal<T | null>;
  readonly failure: Signal<HttpErrorResponse | null>;
  /** Waiting for longer than a cache takes: the moment to show that something is loading. */
  readonly slow: Signal<boolean>;
  readonly stamp: Signal<number | null>;
  /** The answer shown is of another version than the one the cache knows by now; it is being asked for again. */
  readonly outdated: Signal<boolean>;
  /** Asks again; with `direct`, the server itself and not the cache. */
  again(direct?: boolean): void;
  /** Shows what a write has returned, in place of reading it. */
  show(body: T, headers: { get(name: string): string | null }): void;
}

/** Longer than an answer from memory or IndexedDB, shorter than anybody notices. */
const SLOW_AFTER_MS = 150;

/**
 * Keeps the answer to a question on screen, and keeps it current: whenever the cache learns of a version other
 * than that of the answer shown, from whichever request or tab, the question is asked again. Once per version: a
 * server that goes on answering with older stamps is not asked in a circle.
 *
 * While the cache is out of action there are no versions to go by, and only the edits made from this page count.
 */
export function reading<T>(question: Signal<Question | null>): Reading<T> {
  const http = inject(HttpClient);
  const cache = inject(HybridCache);
  const onScreen = inject(OnScreen);
  const { scope } = inject(Session);

  const answer = signal<Answer<T> | null>(null);
  const failure = signal<HttpErrorResponse | null>(null);
  const pending = signal(false);
  const slow = signal(false);
  const round = signal(0);
  let direct = false;
  let whose = scope();

  const again = (skip = false) => {
    // Asked for twice before it is asked once: the server itself is what somebody wanted.
    direct ||= skip;
    round.update((n) => n + 1);
  };
  const settle = (next: Answer<T> | null, error: HttpErrorResponse | null) => {
    answer.set(next);
    failure.set(error);
    pending.set(false);
    onScreen.answers.update((n) => n + 1);
  };

  effect((onCleanup) => {
    const asked = question();
    round();
    const mine = scope();
    // Another person is at the desk: nothing of the one before stays in view.
    if (mine !== whose) untracked(() => answer.set(null));
    whose = mine;
    if (asked === null || mine === null) return;
    const context = direct ? skipCache() : undefined;
    direct = false;
    const request = untracked(() => {
      pending.set(true);
      return http
        .get<T>(asked.url, { params: { ...asked.params }, observe: 'response', context })
        .subscribe({
          next: ({ body, headers }) => settle({ body: body as T, stamp: stampOf(headers) }, null),
          error: (error: HttpErrorResponse) => settle(null, error),
        });
    });
    onCleanup(() => request.unsubscribe());
  });

  effect((onCleanup) => {
    if (!pending()) return slow.set(false);
    const timer = setTimeout(() => slow.set(true), SLOW_AFTER_MS);
    onCleanup(() => clearTimeout(timer));
  });

  const outdated = computed(() => {
    const shown = answer()?.stamp ?? null;
    const known = cache.version();
    return shown !== null && known !== null && shown !== known;
  });

  let last: number | null = null;
  let askedFor: number | null = null;
  effect(() => {
    const known = cache.version();
    if (!answer() || pending()) return;
    const forgotten = last !== null && known === null;
    last = known;
    if (forgotten || (outdated() && askedFor !== known)) {
      askedFor = known;
      untracked(again);
    }
  });

  effect(() => {
    if (onScreen.edit() && !untracked(() => cache.status() === 'ready' && cache.enabled() !== false)) {
      untracked(again);
    }
  });

  return {
    value: computed(() => answer()?.body ?? null),
    failure,
    slow,
    stamp: computed(() => answer()?.stamp ?? null),
    outdated,
    again,
    show: (body, headers) => settle({ body, stamp: stampOf(headers) }, null),
  };
}

function stampOf(headers: { get(name: string): string | null }): number | null {
  const stamp = headers.get('X-Cache-Version');
  return stamp === null ? null : Number(stamp);
}
