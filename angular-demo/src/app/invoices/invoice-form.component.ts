import { TitleCasePipe } from '@angular/common';
import { HttpClient, HttpErrorResponse, HttpResponse } from '@angular/common/http';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  OnInit,
  afterNextRender,
  computed,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { FormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';

import { Invoice, InvoiceChange, STATUSES } from './invoice';

/** Edits status, due date and note. Only what the user has touched is sent, so that nobody else's change is undone. */
@Component({
  selector: 'desk-invoice-form',
  imports: [ReactiveFormsModule, TitleCasePipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './invoice-form.component.html',
  styleUrl: './invoice-form.component.css',
})
export class InvoiceFormComponent implements OnInit {
  private readonly http = inject(HttpClient);
  private readonly first = viewChild.required<ElementRef<HTMLSelectElement>>('first');

  readonly invoice = input.required<Invoice>();
  readonly saved = output<HttpResponse<Invoice>>();
  readonly cancelled = output();

  protected readonly statuses = STATUSES;
  protected readonly form = inject(FormBuilder).nonNullable.group({
    status: ['', Validators.required],
    due: ['', Validators.required],
    note: ['', Validators.maxLength(2_000)],
  });
  protected readonly saving = signal(false);
  protected readonly failure = signal<string | null>(null);

  private readonly startedFrom = signal<Invoice | null>(null);
  /** Somebody else saved this invoice after the form was opened. */
  protected readonly overtaken = computed(
    () => this.startedFrom() !== null && this.startedFrom()?.updated_at !== this.invoice().updated_at,
  );

  constructor() {
    afterNextRender(() => this.first().nativeElement.focus());
  }

  ngOnInit(): void {
    const { status, due, note } = this.invoice();
    this.form.setValue({ status, due, note });
    this.startedFrom.set(this.invoice());
  }

  protected save(): void {
    if (this.form.invalid || this.saving()) return;
    const change = this.touched();
    if (Object.keys(change).length === 0) return this.cancelled.emit();

    this.saving.set(true);
    this.failure.set(null);
    this.http
      .patch<Invoice>(`/api/invoices/${this.invoice().id}/`, change, { observe: 'response' })
      .subscribe({
        next: (answer) => this.saved.emit(answer),
        error: (error: HttpErrorResponse) => {
          this.saving.set(false);
          this.failure.set(sentence(error));
        },
      });
  }

  private touched(): InvoiceChange {
    const { status, due, note } = this.form.controls;
    return {
      ...(status.dirty && { status: status.value }),
      ...(due.dirty && { due: due.value }),
      ...(note.dirty && { note: note.value }),
    };
  }
}

function sentence({ status }: HttpErrorResponse): string {
  if (status === 0) return 'The server cannot be reached. Nothing was saved; what you typed is still here.';
  if (status === 404) return 'This invoice does not exist any more.';
  if (status >= 400 && status < 500) return 'The server did not accept this change. Please check the fields.';
  return `The server could not save this (status ${status}). Please try again.`;
}
