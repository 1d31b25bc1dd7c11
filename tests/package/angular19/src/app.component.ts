import { HttpClient } from '@angular/common/http';
import { afterRender, ApplicationRef, ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { Router, RouterOutlet } from '@angular/router';
import { HybridCache } from 'hybrid-cache/angular';

import { Answer } from './answer';
import { Driver } from './driver';
import { session } from './session';
import { StateComponent } from './state.component';

/** Shows one answer, what the cache says of itself, and a lazy route, and hands the tests a {@link Driver}. */
@Component({
  selector: 'test-root',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [RouterOutlet, StateComponent],
  template: `
    <button id="sign-in" (click)="signIn('alice')">Sign in</button>
    <button id="ask" (click)="ask()">Ask</button>
    @if (answer(); as shown) {
      <p id="answer">{{ shown.user }} {{ shown.edition }}</p>
    }
    @if (!quiet) {
      <test-state />
    }
    <router-outlet />
  `,
})
export class AppComponent {
  protected readonly answer = signal<Answer | undefined>(undefined);
  /** `?quiet`: no signal of the cache is shown. */
  protected readonly quiet = new URLSearchParams(location.search).has('quiet');
  readonly #http = inject(HttpClient);
  readonly #driver = new Driver(this.#http, inject(HybridCache), inject(Router), inject(ApplicationRef));

  constructor() {
    Object.assign(globalThis, { driver: this.#driver });
    afterRender(() => void this.#driver.renders++);
  }

  protected signIn(user: string): void {
    session.user = user;
  }

  protected ask(): void {
    this.#http.get<Answer>('/api/shown').subscribe((answer) => {
      this.answer.set(answer);
      this.#driver.answers++;
    });
  }
}
