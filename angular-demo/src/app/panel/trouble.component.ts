import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';

/** The page's address says whether it came with the strict policy; see the demo's server. */
const STRICT = 'csp';

/** Switches for what may go wrong. The application goes on, and the status above says why the cache does not. */
@Component({
  selector: 'desk-panel-trouble',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h3>Make trouble</h3>
    <div class="buttons">
      <button type="button" data-testid="server-off" [attr.aria-pressed]="off()" (click)="switchServer()">Server: X-Cache-Enabled: false</button>
      <button type="button" data-testid="strict-csp" [attr.aria-pressed]="strict" (click)="switchPolicy()">Strict CSP, and reload</button>
      <button type="button" data-testid="delete-database" (click)="deleteDatabase()">Delete IndexedDB</button>
    </div>
    <p role="status" data-testid="trouble" [class.failed]="failed()">{{ said() }}</p>
  `,
  styles: `
    h3 {
      margin-bottom: 0.5rem;
      font-size: 1rem;
    }
    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
    }
    button {
      font-size: 0.925rem;
    }
    [aria-pressed='true'] {
      border-color: var(--brass);
      background: var(--brass);
      color: var(--on-brass);
    }
    p {
      margin: 0.6rem 0 0;
      font-size: 0.925rem;
    }
    .failed {
      color: var(--danger);
    }
  `,
})
export class TroubleComponent {
  private readonly http = inject(HttpClient);
  private readonly cache = inject(HybridCache);
  protected readonly strict = new URL(location.href).searchParams.get(STRICT) === 'strict';
  protected readonly off = computed(() => this.cache.enabled() === false);
  protected readonly said = signal('');
  protected readonly failed = signal(false);

  protected switchServer(): void {
    const on = this.off();
    this.http.post(`/api/cache/${on ? 'enable' : 'disable'}/`, null).subscribe({
      next: () => this.say(on ? 'The server lets your data be cached again.' : 'The server forbids caching: every answer comes from it.'),
      error: ({ status }: HttpErrorResponse) => this.say(`Nothing was switched: ${status ? `status ${status}` : 'the server is away'}.`, true),
    });
  }

  /** A policy belongs to a document, so it takes a reload. */
  protected switchPolicy(): void {
    const url = new URL(location.href);
    if (this.strict) url.searchParams.delete(STRICT);
    else url.searchParams.set(STRICT, 'strict');
    location.href = url.href;
  }

  protected deleteDatabase(): void {
    const request = indexedDB.deleteDatabase('hybrid-cache');
    request.onsuccess = () => this.say('The database is gone, under the feet of all tabs. The next question goes to the server.');
    request.onerror = () => this.say('The browser did not delete the database.', true);
  }

  private say(sentence: string, failed = false): void {
    this.said.set(sentence);
    this.failed.set(failed);
  }
}
