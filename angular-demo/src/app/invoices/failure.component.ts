import { HttpErrorResponse } from '@angular/common/http';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

/** Why there is nothing to show, in a sentence, and what can be done about it. */
@Component({
  selector: 'desk-failure',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="card blank" role="alert" data-testid="failure">
      <h2>{{ words().title }}</h2>
      <p>{{ words().text }}</p>
      <button type="button" data-testid="try-again" (click)="again.emit()">Try again</button>
    </section>
  `,
})
export class FailureComponent {
  readonly failure = input.required<HttpErrorResponse>();
  readonly again = output();

  protected readonly words = computed(() => {
    const { status } = this.failure();
    if (status === 0 || status === 502 || status === 503 || status === 504) {
      return {
        title: 'The server cannot be reached',
        text: 'What you have already read may still open from this browser. Everything else has to wait until the server is back.',
      };
    }
    if (status === 401) {
      return { title: 'You are signed out', text: 'Please sign in again.' };
    }
    if (status >= 400 && status < 500) {
      return {
        title: 'The server does not accept this question',
        text: `It replied with status ${status}. The address may be mistyped.`,
      };
    }
    return {
      title: 'The server could not answer',
      text: `It replied with status ${status}. That is not your doing; trying again may help.`,
    };
  });
}
