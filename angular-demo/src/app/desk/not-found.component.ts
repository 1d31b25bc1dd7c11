import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'desk-not-found',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="card blank" data-testid="no-such-page">
      <h1>There is no such page</h1>
      <p>The address may be mistyped, or the page was moved.</p>
      <a class="button" routerLink="/invoices">All invoices</a>
    </section>
  `,
})
export class NotFoundComponent {}
