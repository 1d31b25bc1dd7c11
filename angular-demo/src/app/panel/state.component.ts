import { ChangeDetectionStrategy, Component, computed, effect, inject, signal } from '@angular/core';
import { HybridCache } from 'hybrid-cache/angular';

import { Session } from '../session/session';
import { VersionPipe } from './version.pipe';

/** Status, reason and the version badge, which flashes whenever the version changes. */
@Component({
  selector: 'desk-panel-state',
  imports: [VersionPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="title">
      <h2 id="panel-title">What the cache does</h2>
      <span class="status" data-testid="cache-status" [attr.data-status]="status()" [class]="status()">{{
        word()
      }}</span>
    </div>
    @if (cache.reason(); as reason) {
      <p class="reason" data-testid="cache-reason" [attr.data-reason]="reason">{{ explained(reason) }}</p>
    }
    <p class="label" id="version-label">Version of your data</p>
    <p
      class="version"
      aria-labelledby="version-label"
      data-testid="version-badge"
      [attr.data-version]="cache.version()"
      [class.flash]="flash()"
      (animationend)="flash.set(false)"
    >
      @if (cache.version(); as version) {
        <span class="start">{{ version | version: 'start' }}</span>
        <span class="end">{{ version | version: 'end' }}</span>
      } @else {
        <span class="start">not known</span>
      }
    </p>
    <p class="spoken" role="status" aria-live="polite" data-testid="version-spoken">{{ spoken() }}</p>
  `,
  styleUrl: './state.component.css',
})
export class StateComponent {
  protected readonly cache = inject(HybridCache);

  protected readonly status = computed(() =>
    this.cache.status() === 'ready' && this.cache.enabled() === false ? 'disabled' : this.cache.status(),
  );
  protected readonly word = computed(() => (this.status() === 'disabled' ? 'off: the server says so' : this.status()));
  protected readonly flash = signal(false);
  protected readonly spoken = signal('');

  constructor() {
    const scope = inject(Session).scope;
    let last: { scope: string | null; version: number } | null = null;
    effect(() => {
      const version = this.cache.version();
      if (version === null) return;
      const now = { scope: scope(), version };
      if (last?.scope === now.scope && last.version !== version) {
        this.flash.set(true);
        this.spoken.set('The version has changed. What was kept before is not shown any more.');
      }
      last = now;
    });
  }

  protected explained(reason: string): string {
    const [code = ''] = reason.split(':');
    return (REASONS[code] ?? 'Why: {reason}.').replace('{reason}', reason);
  }
}

const REASONS: Record<string, string> = {
  csp: 'The Content Security Policy of this page does not allow WebAssembly. Everything comes from the network.',
  'no-indexeddb': 'This browser has no IndexedDB. Everything comes from the network.',
  'no-webassembly': 'This browser has no WebAssembly. Everything comes from the network.',
  'memory-only': 'IndexedDB could not be opened; answers are kept until the tab is closed. ({reason})',
  wasm: 'The WebAssembly module could not be loaded. Everything comes from the network. ({reason})',
  panic: 'The cache stopped because of an error of its own. Everything comes from the network. ({reason})',
};
