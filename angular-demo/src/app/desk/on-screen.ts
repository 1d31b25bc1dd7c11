import { DestroyRef, Injectable, Signal, inject, signal } from '@angular/core';

import type { Invoice } from '../invoices/invoice';

/** The view at the desk, as far as the panel beside it has to know. */
export interface View {
  /** Invoices in sight; "another person edits" takes one of these. */
  readonly invoices: Signal<readonly number[]>;
  again(direct?: boolean): void;
}

/** What desk and panel tell each other. */
@Injectable({ providedIn: 'root' })
export class OnScreen {
  readonly view = signal<View | null>(null);
  /** The last change "another person" made, at the panel's request. */
  readonly edit = signal<Invoice | null>(null);
  /** How many answers the views have received, from wherever. */
  readonly answers = signal(0);

  /** Call from a view's constructor: the view is on screen until it is destroyed. */
  shows(view: View): void {
    this.edit.set(null);
    this.view.set(view);
    inject(DestroyRef).onDestroy(() => this.view.update((now) => (now === view ? null : now)));
  }
}
