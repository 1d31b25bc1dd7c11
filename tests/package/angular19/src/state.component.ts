import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';

/** What the cache says of itself. */
@Component({
  selector: 'test-state',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p id="status">{{ cache.status() }}</p>
    <p id="version">{{ cache.version() ?? 'none' }}</p>
    <p id="ratio">{{ cache.hitRatio() }}</p>
    <p id="hits">{{ cache.stats().hits }}</p>
  `,
})
export class StateComponent {
  protected readonly cache = inject(HybridCache);
}
