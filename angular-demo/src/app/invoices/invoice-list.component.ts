import { DatePipe, DecimalPipe, TitleCasePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { OnScreen } from '../desk/on-screen';
import { MoneyPipe } from '../money.pipe';
import { FailureComponent } from './failure.component';
import { InvoicePage, STATUSES } from './invoice';
import { Question, reading } from './reading';
import { StampComponent } from './stamp.component';
import { StatusChipComponent } from './status-chip.component';

/** Typing pauses this long before the search is asked. */
const TYPING_MS = 250;
const LONGEST_SEARCH = 100;

/** The list. Search, status and page are in the address; the address is the request. */
@Component({
  selector: 'desk-invoice-list',
  imports: [
    RouterLink,
    DatePipe,
    DecimalPipe,
    TitleCasePipe,
    MoneyPipe,
    FailureComponent,
    StampComponent,
    StatusChipComponent,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './invoice-list.component.html',
  styleUrl: './invoice-list.component.css',
})
export class InvoiceListComponent {
  private readonly router = inject(Router);

  // From the address; what the server would refuse is left out.
  readonly search = input('', { transform: (value: string | undefined) => (value ?? '').trim().slice(0, LONGEST_SEARCH) });
  readonly status = input('', { transform: (value: string | undefined) => STATUSES.find((known) => known === value) ?? '' });
  readonly page = input(1, { transform: (value: string | undefined) => Math.max(1, Math.trunc(Number(value)) || 1) });

  protected readonly statuses = STATUSES;
  protected readonly longestSearch = LONGEST_SEARCH;
  protected readonly reading = reading<InvoicePage>(
    computed((): Question => {
      const params: Record<string, string | number> = { page: this.page() };
      if (this.search()) params['search'] = this.search();
      if (this.status()) params['status'] = this.status();
      return { url: '/api/invoices/', params };
    }, { equal: (a, b) => JSON.stringify(a) === JSON.stringify(b) }),
  );
  /** The server refuses pages after the last. */
  protected readonly beyond = computed(() => this.reading.failure()?.status === 400 && this.page() > 1);
  protected readonly filtered = computed(() => this.search() !== '' || this.status() !== '');
  /** The filters, in words. */
  protected readonly wanted = computed(() =>
    [
      this.search() && `“${this.search()}” in its number or customer`,
      this.status() && `the status “${this.status()}”`,
    ]
      .filter(Boolean)
      .join(' and '),
  );
  protected readonly edited = inject(OnScreen).edit;

  protected readonly typed = signal('');
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(OnScreen).shows({
      invoices: computed(() => this.reading.value()?.results.map(({ id }) => id) ?? []),
      again: (direct) => this.reading.again(direct),
    });
    // The address changed by other means than typing: back, forward, a link.
    effect(() => {
      const search = this.search();
      if (this.typing === undefined) this.typed.set(search);
    });
  }

  protected type(text: string): void {
    this.typed.set(text);
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.seek(), TYPING_MS);
  }

  /** Asks for what is typed, at once. */
  protected seek(): void {
    clearTimeout(this.typing);
    this.typing = undefined;
    if (this.typed().trim() !== this.search()) this.go({ search: this.typed().trim() || null });
  }

  protected go(query: { search?: string | null; status?: string | null }): void {
    void this.router.navigate([], {
      queryParams: { ...query, page: null },
      queryParamsHandling: 'merge',
      replaceUrl: 'search' in query && this.search() !== '',
    });
  }
}
