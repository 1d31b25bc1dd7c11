import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { Theme } from './theme';

@Component({
  selector: 'desk-theme-toggle',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button
      type="button"
      class="quiet icon"
      data-testid="theme-toggle"
      aria-label="Dark theme"
      [attr.aria-pressed]="theme.scheme() === 'dark'"
      (click)="theme.toggle()"
    >
      <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" fill="currentColor">
        @if (theme.scheme() === 'dark') {
          <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z" />
        } @else {
          <circle cx="12" cy="12" r="4.5" />
          <path
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-linecap="round"
            d="M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19"
          />
        }
      </svg>
    </button>
  `,
})
export class ThemeToggleComponent {
  protected readonly theme = inject(Theme);
}
