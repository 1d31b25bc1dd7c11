import { ChangeDetectionStrategy, Component, ElementRef, computed, inject, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterOutlet } from '@angular/router';
import { distinctUntilChanged, filter, map, skip } from 'rxjs';

import { CachePanelComponent } from '../panel/cache-panel.component';
import { Session } from '../session/session';
import { ThemeToggleComponent } from './theme-toggle.component';

/** The signed-in page: a header, the desk, and beside it what the cache does. */
@Component({
  selector: 'desk-desk',
  imports: [RouterOutlet, RouterLink, CachePanelComponent, ThemeToggleComponent],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './desk.component.html',
  styleUrl: './desk.component.css',
})
export class DeskComponent {
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  private readonly main = viewChild.required<ElementRef<HTMLElement>>('main');

  /** First name and what follows it; narrow screens show the first. */
  protected readonly names = computed(() => {
    const [first = '', ...rest] = (this.session.user()?.name ?? '').split(' ');
    return [first, rest.join(' ')];
  });

  constructor() {
    // A new page starts at its top for keyboards and screen readers too; another query is not a new page.
    this.router.events
      .pipe(
        filter((event) => event instanceof NavigationEnd),
        map((event) => event.urlAfterRedirects.split('?')[0]),
        distinctUntilChanged(),
        skip(1),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.main().nativeElement.focus({ preventScroll: true }));
  }

  /** On narrow screens the panel is below the desk, out of sight. */
  protected toPanel({ element }: CachePanelComponent): void {
    element.scrollIntoView();
    element.focus({ preventScroll: true });
  }

  protected signOut(): void {
    this.session.end();
    void this.router.navigate(['/sign-in']);
  }
}
