import { DatePipe, DecimalPipe } from '@angular/common';
import { HttpResponse } from '@angular/common/http';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  inject,
  input,
  linkedSignal,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { OnScreen } from '../desk/on-screen';
import { MoneyPipe } from '../money.pipe';
import { FailureComponent } from './failure.component';
import { Invoice } from './invoice';
import { InvoiceFormComponent } from './invoice-form.component';
import { reading } from './reading';
import { StampComponent } from './stamp.component';
import { StatusChipComponent } from './status-chip.component';

@Component({
  selector: 'desk-invoice-detail',
  imports: [
    RouterLink,
    DatePipe,
    DecimalPipe,
    MoneyPipe,
    FailureComponent,
    InvoiceFormComponent,
    StampComponent,
    StatusChipComponent,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './invoice-detail.component.html',
  styleUrl: './invoice-detail.component.css',
})
export class InvoiceDetailComponent {
  private readonly injector = inject(Injector);
  private readonly edit = viewChild<ElementRef<HTMLButtonElement>>('edit');

  /** From the address. */
  readonly id = input.required<string>();

  protected readonly url = computed(() => (/^\d+$/.test(this.id()) ? `/api/invoices/${this.id()}/` : null));
  protected readonly reading = reading<Invoice>(computed(() => (this.url() ? { url: this.url() as string } : null)));
  protected readonly missing = computed(() => this.url() === null || this.reading.failure()?.status === 404);
  /** Another address closes the form. */
  protected readonly editing = linkedSignal({ source: this.id, computation: () => false });
  protected readonly edited = inject(OnScreen).edit;

  constructor() {
    inject(OnScreen).shows({
      invoices: computed(() => (this.reading.value() ? [Number(this.id())] : [])),
      again: (direct) => this.reading.again(direct),
    });
  }

  /** Ends editing; the keyboard is back where it began. */
  protected close(): void {
    this.editing.set(false);
    afterNextRender(() => this.edit()?.nativeElement.focus(), { injector: this.injector });
  }

  protected saved(answer: HttpResponse<Invoice>): void {
    this.close();
    if (answer.body) this.reading.show(answer.body, answer.headers);
  }
}
