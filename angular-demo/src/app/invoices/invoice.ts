/** An invoice as the list shows it. Money is in cents of `currency`, dates are ISO days. */
export interface InvoiceRow {
  readonly id: number;
  readonly number: string;
  readonly customer: string;
  readonly customer_id: number;
  readonly issued: string;
  readonly due: string;
  readonly status: string;
  readonly total_cents: number;
  readonly currency: string;
}

export interface InvoiceLine {
  readonly description: string;
  readonly quantity: number;
  readonly unit_cents: number;
}

export interface Invoice extends InvoiceRow {
  readonly note: string;
  readonly lines: readonly InvoiceLine[];
  readonly updated_at: string;
  readonly updated_by: string;
}

/** One page of the list; `count` and `pages` are of the whole search. */
export interface InvoicePage {
  readonly count: number;
  readonly page: number;
  readonly pages: number;
  readonly results: readonly InvoiceRow[];
}

/** What a PATCH may change; what is absent stays. */
export interface InvoiceChange {
  status?: string;
  due?: string;
  note?: string;
}

/** The server's words for an invoice's status, in the order of its life. */
export const STATUSES = ['draft', 'sent', 'paid', 'overdue'] as const;
