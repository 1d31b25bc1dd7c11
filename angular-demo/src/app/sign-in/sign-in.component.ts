import { HttpErrorResponse } from '@angular/common/http';
import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { Router } from '@angular/router';

import { ThemeToggleComponent } from '../desk/theme-toggle.component';
import { Session } from '../session/session';

/** One click signs in; there are two people, and everybody's password is "demo". */
@Component({
  selector: 'desk-sign-in',
  imports: [ThemeToggleComponent],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './sign-in.component.html',
  styleUrl: './sign-in.component.css',
})
export class SignInComponent {
  private readonly router = inject(Router);
  private readonly session = inject(Session);

  /** Where the user was going. */
  readonly next = input<string>();

  protected readonly people = [
    { username: 'alice', name: 'Alice' },
    { username: 'bob', name: 'Bob' },
  ];
  protected readonly endedBecause = this.session.endedBecause;
  protected readonly busy = signal<string | null>(null);
  protected readonly failure = signal<string | null>(null);

  protected signIn(username: string, password: string): void {
    if (this.busy()) return;
    this.busy.set(username);
    this.failure.set(null);
    this.session.signIn(username, password).subscribe({
      next: () => void this.router.navigateByUrl(this.next() ?? '/invoices'),
      error: (error: HttpErrorResponse) => {
        this.busy.set(null);
        this.failure.set(sentence(error));
      },
    });
  }
}

function sentence({ status }: HttpErrorResponse): string {
  if (status === 401) return 'That password is not right. Here it is always “demo”.';
  if (status === 0) return 'The server cannot be reached. Is it running?';
  return `The server could not sign you in (status ${status}). Please try again.`;
}
