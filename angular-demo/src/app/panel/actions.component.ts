import { HttpClient, HttpErrorResponse } from '@angular/common/http';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';
import { firstValueFrom } from 'rxjs';

import { OnScreen } from '../desk/on-screen';
import { Invoice, InvoicePage } from '../invoices/invoice';
import { Session } from '../session/session';

/** Who may sit at the desk, by number; the password is no secret. */
const USERS = [
  { id: 1, login: 'alice', name: 'Alice' },
  { id: 2, login: 'bob', name: 'Bob' },
];
/** Of the invoices in sight, "another person" takes one near the top. */
const NEAR_THE_TOP = 6;

@Component({
  selector: 'desk-panel-actions',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './actions.component.html',
  styleUrl: './actions.component.css',
})
export class ActionsComponent {
  private readonly http = inject(HttpClient);
  private readonly cache = inject(HybridCache);
  private readonly onScreen = inject(OnScreen);
  private readonly session = inject(Session);

  protected readonly view = this.onScreen.view;
  protected readonly busy = signal(false);
  protected readonly news = signal('');
  protected readonly failed = signal(false);
  private readonly candidates = computed(() => this.view()?.invoices().slice(0, NEAR_THE_TOP) ?? []);

  protected otherPersonEdits(): void {
    if (this.busy()) return;
    this.busy.set(true);
    const ids = this.candidates();
    const id = ids[Math.floor(Math.random() * ids.length)];
    this.http.post<Invoice>('/api/demo/other-person-edits/', id === undefined ? {} : { invoice_id: id }).subscribe({
      next: (invoice) => {
        this.busy.set(false);
        this.onScreen.edit.set(invoice);
        this.say(`${invoice.updated_by} changed ${invoice.number}: it is now ${invoice.status}.`);
      },
      error: (error: HttpErrorResponse) => {
        this.busy.set(false);
        this.say(`Nobody could edit anything: ${error.status ? `status ${error.status}` : 'the server is away'}.`, true);
      },
    });
  }

  protected readonly other = computed(() => USERS.find(({ id }) => id !== this.session.user()?.id) ?? USERS[0]!);

  /** The same address, another person: what is on screen is that person's, from the network or from this browser. */
  protected goOnAsTheOther(): void {
    const { login, name } = this.other();
    this.session.signIn(login, 'demo').subscribe({
      next: () => this.say(`${name} is at the desk now: the same address, other data.`),
      error: () => this.say(`${name} could not sign in.`, true),
    });
  }

  /** Spoils the object that the cache has handed out, and looks whether the next caller notices. */
  protected async mutate(): Promise<void> {
    const ask = () => firstValueFrom(this.http.get<InvoicePage>('/api/invoices/', { params: { page: 1 } }));
    try {
      const answer = await ask();
      const before = JSON.stringify(answer);
      for (const invoice of answer.results) Object.assign(invoice, { customer: 'Mallory', total_cents: 0 });
      const intact = JSON.stringify(await ask()) === before;
      this.say(intact ? 'The answer was spoiled, and the next one was not: everybody gets an object of their own.' : 'The next answer is another one.', !intact);
    } catch {
      this.say('Nothing to spoil: the list could not be read.', true);
    }
  }

  protected async clear(): Promise<void> {
    await this.cache.clear();
    this.say('Cleared: nothing of yours is kept in this browser. The next question goes to the server.');
  }

  /** Not a link: a tab opened by script starts with a copy of this one's session. */
  protected openSecondTab(): void {
    window.open(location.href, '_blank');
  }

  protected reload(): void {
    location.reload();
  }

  private say(sentence: string, failed = false): void {
    this.failed.set(failed);
    this.news.set(sentence);
  }
}
