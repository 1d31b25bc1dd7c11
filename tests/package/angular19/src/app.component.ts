import { HttpClient } from '@angular/common/http';
import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';

import { Driver } from './driver';
import { session } from './session';

/** What the server answers. */
interface Answer {
  readonly user: string;
  readonly edition: number;
}

/** Shows one answer and what the cache says of itself, and hands the tests a {@link Driver}. */
@Component({
  selector: 'test-root',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button id="sign-in" (click)="signIn('alice')">Sign in</button>
    <button id="ask" (click)="ask()">Ask</button>
    @if (answer(); as shown) {
      <p id="answer">{{ shown.user }} {{ shown.edition }}</p>
    }
    <p id="status">{{ cache.status() }}</p>
    <p id="version">{{ cache.version() ?? 'none' }}</p>
    <p id="ratio">{{ cache.hitRatio() }}</p>
    <p id="hits">{{ cache.stats().hits }}</p>
  `,
})
export class AppComponent {
  protected readonly cache = inject(HybridCache);
  protected readonly answer = signal<Answer | undefined>(undefined);
  readonly #http = inject(HttpClient);

  constructor() {
    Object.assign(globalThis, { driver: new Driver(this.#http, this.cache) });
  }

  protected signIn(user: string): void {
    session.user = user;
  }

  protected ask(): void {
    this.#http.get<Answer>('/api/shown').subscribe((answer) => this.answer.set(answer));
  }
}
