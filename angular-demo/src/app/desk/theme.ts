import { DOCUMENT } from '@angular/common';
import { Injectable, computed, effect, inject, signal } from '@angular/core';

type Scheme = 'light' | 'dark';
const KEY = 'tally.theme';

/** Light or dark: as the system says, until the user says otherwise; going back to the system's choice forgets the user's. */
@Injectable({ providedIn: 'root' })
export class Theme {
  private readonly query = matchMedia('(prefers-color-scheme: dark)');
  private readonly system = signal<Scheme>(this.query.matches ? 'dark' : 'light');
  private readonly chosen = signal<Scheme | null>(restore());

  readonly scheme = computed(() => this.chosen() ?? this.system());

  constructor() {
    const root = inject(DOCUMENT).documentElement;
    this.query.addEventListener('change', ({ matches }) => this.system.set(matches ? 'dark' : 'light'));
    effect(() => {
      const chosen = this.chosen();
      if (chosen) root.dataset['theme'] = chosen;
      else delete root.dataset['theme'];
    });
  }

  toggle(): void {
    const wanted = this.scheme() === 'dark' ? 'light' : 'dark';
    const choice = wanted === this.system() ? null : wanted;
    this.chosen.set(choice);
    if (choice) localStorage.setItem(KEY, choice);
    else localStorage.removeItem(KEY);
  }
}

function restore(): Scheme | null {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : null;
}
