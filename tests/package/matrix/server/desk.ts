import { HttpClient } from '@angular/common/http';
import { afterNextRender, Component, inject, signal } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';

interface Answer {
  readonly user: string;
  readonly edition: number;
}

/** Asks once when it is made, on the server and while it hydrates, and whenever the button is pressed. */
@Component({
  selector: 'app-root',
  template: `
    <p id="cache">{{ cache.status() }} {{ cache.reason() }}</p>
    @if (answer(); as shown) {
      <p id="answer">{{ shown.user }} {{ shown.edition }}</p>
    }
    <button id="ask" (click)="ask()">Ask</button>
  `,
})
export class Desk {
  readonly cache = inject(HybridCache);
  readonly answer = signal<Answer | undefined>(undefined);
  /** Everything that was delivered. */
  readonly delivered: Answer[] = [];
  readonly #http = inject(HttpClient);

  constructor() {
    this.ask();
    // In a browser only.
    afterNextRender(() => Object.assign(globalThis, { desk: this }));
  }

  ask(): void {
    this.#http.get<Answer>('/api/a').subscribe((answer) => {
      this.answer.set(answer);
      this.delivered.push(answer);
    });
  }
}
