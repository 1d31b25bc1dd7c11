import { HttpClient } from '@angular/common/http';
import { Injectable, computed, inject, signal } from '@angular/core';
import { Observable, map, tap } from 'rxjs';

/** The person at the desk. `scope` is the server's opaque name for whose data an answer holds. */
export interface User {
  readonly id: number;
  readonly name: string;
  readonly scope: string;
}

interface SignedIn {
  readonly token: string;
  readonly user: User;
}

const KEY = 'tally.session';

/**
 * Who is signed in, in this tab.
 *
 * It lives in `sessionStorage`: a reload keeps it, a tab opened by this one starts with a copy of it,
 * and closing the tab ends it.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly http = inject(HttpClient);
  private readonly signedIn = signal<SignedIn | null>(restore());

  readonly user = computed(() => this.signedIn()?.user ?? null);
  readonly token = computed(() => this.signedIn()?.token ?? null);
  /** The name the cache keeps this user's answers under; null while nobody is signed in, and then nothing is cached. */
  readonly scope = computed(() => this.user()?.scope ?? null);
  /** Why the last session ended without being asked to, for the sign-in page. */
  readonly endedBecause = signal<string | null>(null);

  signIn(username: string, password: string): Observable<User> {
    return this.http.post<SignedIn>('/api/auth/login/', { username, password }).pipe(
      tap((signedIn) => {
        sessionStorage.setItem(KEY, JSON.stringify(signedIn));
        this.endedBecause.set(null);
        this.signedIn.set(signedIn);
      }),
      map(({ user }) => user),
    );
  }

  end(because: string | null = null): void {
    sessionStorage.removeItem(KEY);
    this.endedBecause.set(because);
    this.signedIn.set(null);
  }
}

function restore(): SignedIn | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as SignedIn | null;
    return stored?.token && stored.user?.scope ? stored : null;
  } catch {
    return null;
  }
}
