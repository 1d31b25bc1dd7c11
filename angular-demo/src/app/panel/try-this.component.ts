import { ChangeDetectionStrategy, Component } from '@angular/core';

@Component({
  selector: 'desk-panel-try-this',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <details data-testid="try-this">
      <summary>Console: window.hybridCache</summary>
      <ul>
        @for (trial of trials; track trial.code) {
          <li>
            <code>{{ trial.code }}</code>
            <span>{{ trial.what }}</span>
          </li>
        }
      </ul>
    </details>
  `,
  styles: `
    summary {
      font: 600 1rem var(--serif);
      cursor: pointer;
    }
    ul {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.7rem;
      margin: 0.6rem 0 0;
      padding: 0;
      list-style: none;
    }
    code {
      display: block;
      padding: 0.3rem 0.5rem;
      border-radius: 6px;
      background: var(--paper);
      font-size: 0.8125rem;
      white-space: normal;
      overflow-wrap: anywhere;
      user-select: all;
    }
    span {
      color: var(--muted);
      font-size: 0.875rem;
    }
  `,
})
export class TryThisComponent {
  protected readonly trials = [
    { code: 'hybridCache.stats()', what: 'Every counter; also version(), await entries() and await clear().' },
    {
      code: "indexedDB.deleteDatabase('hybrid-cache'); location.reload()",
      what: 'Pulls the database from under both tabs: the pages go on, from the network.',
    },
    { code: "await hybridCache.explain('/api/invoices/?page=1')", what: 'Would it be served now, and why (not)?' },
    { code: 'await hybridCache.diagnose()', what: 'Storage, quota and headers in one report.' },
  ];
}
