import { ChangeDetectionStrategy, Component, CUSTOM_ELEMENTS_SCHEMA, inject } from '@angular/core';
import { CacheEvent, HybridCache } from 'hybrid-cache/angular';

import { Delay } from './delay';
import { COUNTER_URL } from './journal';

/** The panel that comes with the package, as far as the demo does not draw the same itself, and the network's speed. */
@Component({
  selector: 'desk-panel-latency',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="delay">
      <label for="delay">Network, slowed down by <output data-testid="delay-shown">{{ delay.ms() }} ms</output></label>
      <input id="delay" type="range" min="0" max="500" step="20" data-testid="delay" [value]="delay.ms()" (input)="set($event)" />
      <p>
        The server is on your own machine and answers at once. So that you see what a network costs, every request to it waits
        this long; what the cache answers does not.
      </p>
    </div>
    <hybrid-cache-panel theme="dark" sections="latency simulate entries" [client]="cache.client" [filter]="counts" data-testid="devtools" />
  `,
  styles: `
    .delay {
      padding: 1rem 1.2rem 0;
    }
    label {
      display: block;
      font-weight: 600;
    }
    input {
      padding: 0;
      border: 0;
      background: none;
    }
    p {
      margin: 0;
      color: var(--muted);
      font-size: 0.875rem;
    }
    hybrid-cache-panel {
      --hybrid-cache-surface: var(--surface);
      border: 0;
      border-radius: 0;
    }
  `,
})
export class LatencyComponent {
  protected readonly cache = inject(HybridCache);
  protected readonly delay = inject(Delay);
  protected readonly counts = ({ url }: CacheEvent) => !url?.includes(COUNTER_URL);

  constructor() {
    // Not in the page's first bundle: this is for those who look.
    void import('hybrid-cache/devtools');
  }

  protected set(event: Event): void {
    this.delay.set(Number((event.target as HTMLInputElement).value));
  }
}
