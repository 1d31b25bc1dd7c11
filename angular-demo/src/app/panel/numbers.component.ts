import { DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';

import { Journal } from './journal';
import { MillisecondsPipe } from './milliseconds.pipe';
import { ServerCount } from './server-count';

@Component({
  selector: 'desk-panel-numbers',
  imports: [DecimalPipe, PercentPipe, MillisecondsPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './numbers.component.html',
  styleUrl: './numbers.component.css',
})
export class NumbersComponent {
  protected readonly cache = inject(HybridCache);
  protected readonly journal = inject(Journal);
  protected readonly server = inject(ServerCount);

  /** Requests that the server did not have to answer for the page to go on. */
  protected readonly saved = computed(() => this.cache.stats().hits + this.cache.stats().stale);
  /** Nothing was asked yet: a ratio of nothing is not 0 %. */
  protected readonly asked = computed(() => this.saved() + this.cache.stats().misses > 0);
}
