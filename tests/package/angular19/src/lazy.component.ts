import { httpResource } from '@angular/common/http';
import { ChangeDetectionStrategy, Component } from '@angular/core';
import { withCache } from 'hybrid-cache/angular';

import { Answer } from './answer';

/** A lazily loaded page that shows a resource. */
@Component({
  selector: 'test-lazy',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button id="reload" (click)="list.reload()">Reload</button>
    @if (list.hasValue()) {
      <p id="lazy">{{ list.value().user }} {{ list.value().edition }}</p>
    }
  `,
})
export class LazyComponent {
  protected readonly list = httpResource<Answer>(() => ({ url: '/api/lazy', context: withCache({ tags: ['lists'] }) }));
}
