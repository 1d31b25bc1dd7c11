import { HttpClient } from '@angular/common/http';
import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { skipCache } from 'hybrid-cache/angular';
import { switchMap, timer } from 'rxjs';

import { OnScreen } from '../desk/on-screen';
import { Session } from '../session/session';
import { COUNTER_URL, Journal } from './journal';

/** Requests that come in a burst are asked about once. */
const SETTLE_MS = 200;
const KEY = 'tally.server-count';

interface Count {
  readonly scope: string;
  readonly requests: number;
}

/**
 * How many requests for this user's invoices the server itself has seen, asked after whatever the cache tells.
 * The server does not count this question, and the cache is not asked.
 *
 * The last count outlives a reload (`sessionStorage`), so that the page can say that reloading cost nothing.
 */
@Injectable({ providedIn: 'root' })
export class ServerCount {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly journal = inject(Journal);
  private readonly onScreen = inject(OnScreen);

  private readonly count = signal<Count | null>(remembered());
  private readonly confirmed = signal(false);
  /** `journal.answers()` when the count last went up. */
  private movedAt = 0;

  /** Null until the server has said so in this page. */
  readonly requests = computed(() => (this.confirmed() ? (this.count()?.requests ?? null) : null));
  readonly unreachable = signal(false);
  /**
   * Answers from the cache, without a break, that by the server's own account have cost it nothing. A count asked for
   * while a request is under way may already hold that request, hence the second condition.
   */
  readonly answersSince = signal(0);

  constructor() {
    effect((onCleanup) => {
      const scope = this.session.scope();
      this.journal.rows();
      this.onScreen.answers(); // A cache that is out of action tells nothing.
      if (scope === null) return;
      const question = timer(SETTLE_MS)
        .pipe(switchMap(() => this.http.get<{ api_requests: number }>(COUNTER_URL, { context: skipCache() })))
        .subscribe({
          next: (answer) => this.learn({ scope, requests: answer.api_requests }),
          error: () => this.unreachable.set(true),
        });
      onCleanup(() => question.unsubscribe());
    });
    effect(() => {
      this.session.scope();
      untracked(() => this.confirmed.set(false));
    });
  }

  private learn(count: Count): void {
    const before = this.count();
    const moved = before?.scope !== count.scope || before.requests !== count.requests;
    const answers = this.journal.answers();
    if (moved) this.movedAt = answers;
    this.answersSince.set(Math.min(answers - this.movedAt, this.journal.streak()));
    this.count.set(count);
    sessionStorage.setItem(KEY, JSON.stringify(count));
    this.confirmed.set(true);
    this.unreachable.set(false);
  }
}

function remembered(): Count | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Count | null;
  } catch {
    return null;
  }
}
