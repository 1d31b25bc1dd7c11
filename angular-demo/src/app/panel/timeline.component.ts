import { DatePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { Journal, Row } from './journal';
import { MillisecondsPipe } from './milliseconds.pipe';

/** The requests, newest first. A row's bar is its time on a logarithmic scale: 0.1 ms to 10 s. */
@Component({
  selector: 'desk-panel-timeline',
  imports: [DatePipe, MillisecondsPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './timeline.component.html',
  styleUrl: './timeline.component.css',
})
export class TimelineComponent {
  private readonly journal = inject(Journal);
  protected readonly rows = this.journal.rows;
  protected readonly answers = this.journal.answers;

  protected width({ ms }: Row): number {
    return ms === null ? 0 : Math.min(100, Math.max(3, ((Math.log10(ms) + 1) / 5) * 100));
  }
}
