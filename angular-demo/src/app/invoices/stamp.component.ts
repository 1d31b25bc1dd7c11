import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import { VersionPipe } from '../panel/version.pipe';

/** Says which version of the user's data the answer on screen belongs to. */
@Component({
  selector: 'desk-stamp',
  imports: [VersionPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (stamp(); as version) {
      <span data-testid="shown-version" [attr.data-version]="version" [attr.data-outdated]="outdated()">
        @if (outdated()) {
          Reading a newer version…
        } @else {
          As of version …{{ version | version: 'end' }}
        }
      </span>
    } @else {
      <span data-testid="shown-version">Without a version</span>
    }
  `,
  styles: `
    :host {
      color: var(--muted);
      font-size: 0.875rem;
      font-variant-numeric: tabular-nums;
    }
  `,
})
export class StampComponent {
  readonly stamp = input.required<number | null>();
  readonly outdated = input.required<boolean>();
}
