import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';

import { Session } from '../session/session';
import { LastResponse } from './last-response';

/** What the control API answers, as far as it is shown here. */
interface CacheStatus {
  readonly version: number | null;
  readonly store: string;
}

/** The contract between server and browser, live: the number on the server, and the headers that carry it. */
@Component({
  selector: 'desk-panel-contract',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h3>The contract</h3>
    <p>
      <code data-testid="version-key">cache_user_version:{{ session.user()?.id }}</code>
      <code data-testid="version-value" [attr.data-version]="cache.version()"> = {{ cache.version() ?? 'not known' }}</code>
    </p>
    <button type="button" data-testid="raise-version" (click)="raise()">Server: INCR cache_user_version</button>
    <p role="status" data-testid="raised" [class.failed]="failed()">{{ said() }}</p>
    @if (last.seen(); as seen) {
      <p id="raw-title">
        The last response: <code data-testid="raw-request">{{ seen.request }}</code>
      </p>
      <pre tabindex="0" aria-labelledby="raw-title" role="group" data-testid="raw-headers">{{ seen.headers }}</pre>
    }
  `,
  styles: `
    h3 {
      margin-bottom: 0.4rem;
      font-size: 1rem;
    }
    p {
      margin: 0.5rem 0;
      font-size: 0.925rem;
    }
    button {
      font-size: 0.925rem;
    }
    p:empty {
      margin: 0;
    }
    .failed {
      color: var(--danger);
    }
    code {
      white-space: normal;
      overflow-wrap: anywhere;
    }
    pre {
      max-height: 14rem;
      margin: 0;
      padding: 0.5rem 0.7rem;
      overflow: auto;
      border-radius: 6px;
      background: var(--paper);
      font: 0.78rem/1.5 var(--mono);
    }
  `,
})
export class ContractComponent {
  protected readonly cache = inject(HybridCache);
  protected readonly session = inject(Session);
  protected readonly last = inject(LastResponse);
  protected readonly said = signal('');
  protected readonly failed = signal(false);
  private readonly http = inject(HttpClient);

  /** What any writer does after its commit; here by the control API, with nothing written. */
  protected raise(): void {
    this.http.post<CacheStatus>('/api/cache/clear/', null).subscribe({
      next: ({ version, store }) => this.say(`The server's ${store} holds ${version} now: what was kept under another number is dead.`),
      error: ({ status }: HttpErrorResponse) => this.say(`The number is as it was: ${status ? `status ${status}` : 'the server is away'}.`, true),
    });
  }

  private say(sentence: string, failed = false): void {
    this.said.set(sentence);
    this.failed.set(failed);
  }
}
