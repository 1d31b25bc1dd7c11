import { ChangeDetectionStrategy, Component, input } from '@angular/core';

@Component({
  selector: 'desk-status-chip',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: '<span class="chip" [class]="status()">{{ status() }}</span>',
  styles: `
    .chip {
      --tone: var(--muted);
      display: inline-flex;
      align-items: center;
      gap: 0.45em;
      white-space: nowrap;
      text-transform: capitalize;
      color: var(--tone);
      font-size: 0.925rem;
    }
    .chip::before {
      content: '';
      width: 0.6em;
      height: 0.6em;
      border: 2px solid var(--tone);
      border-radius: 50%;
    }
    .sent {
      --tone: var(--miss);
    }
    .paid {
      --tone: var(--hit);
    }
    .paid::before,
    .overdue::before {
      background: var(--tone);
    }
    .overdue {
      --tone: var(--danger);
    }
  `,
})
export class StatusChipComponent {
  readonly status = input.required<string>();
}
