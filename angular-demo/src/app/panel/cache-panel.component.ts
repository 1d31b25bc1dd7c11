import { ChangeDetectionStrategy, Component, ElementRef, inject } from '@angular/core';

import { ActionsComponent } from './actions.component';
import { ContractComponent } from './contract.component';
import { LatencyComponent } from './latency.component';
import { NumbersComponent } from './numbers.component';
import { StateComponent } from './state.component';
import { TimelineComponent } from './timeline.component';
import { TroubleComponent } from './trouble.component';
import { TryThisComponent } from './try-this.component';

/** What the cache does, told by the signals and events any application gets from `HybridCache`. */
@Component({
  selector: 'desk-cache-panel',
  imports: [
    ActionsComponent,
    ContractComponent,
    LatencyComponent,
    NumbersComponent,
    StateComponent,
    TimelineComponent,
    TroubleComponent,
    TryThisComponent,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <aside aria-labelledby="panel-title" data-testid="cache-panel">
      <desk-panel-state />
      <desk-panel-numbers />
      <desk-panel-actions />
      <desk-panel-timeline />
      <desk-panel-latency />
      <desk-panel-contract />
      <desk-panel-trouble />
      <desk-panel-try-this />
    </aside>
  `,
  host: { tabindex: '-1' },
  styleUrl: './cache-panel.component.css',
})
export class CachePanelComponent {
  readonly element: HTMLElement = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
}
