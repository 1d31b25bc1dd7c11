/**
 * The public names of `hybrid-cache/angular/devtools`. An entry of its own: a bundler may make a chunk of what a file
 * imports lazily for everybody whose bundle knows the file, used or not.
 */

import { isPlatformBrowser } from '@angular/common';
import { DestroyRef, inject, isDevMode, PLATFORM_ID, provideEnvironmentInitializer } from '@angular/core';

import type { HybridCacheFeature } from '../provide.js';
import { SEAT } from '../seat.js';

/** Options of {@link withDevtools}. */
export interface DevtoolsOptions {
  /** Also in builds for production. Default: false. */
  readonly production?: boolean;
}

/**
 * For `provideHybridCache()`: docks `<hybrid-cache-panel>` (`hybrid-cache/devtools`) in a corner of the page, whether the cache is in action or not.
 * The panel is a chunk of its own, asked for at bootstrap and not waited for; in production, only where `production` says
 * so. It does nothing on a server, nor in tests with a cache that is off.
 */
export function withDevtools({ production = false }: DevtoolsOptions = {}): HybridCacheFeature {
  return {
    kind: 'devtools',
    providers: [
      provideEnvironmentInitializer(() => {
        const seat = inject(SEAT);
        const { client } = seat;
        if (!(production || isDevMode()) || !isPlatformBrowser(inject(PLATFORM_ID)) || client.reason === 'closed') return;
        let end: (() => void) | undefined = () => {};
        inject(DestroyRef).onDestroy(() => {
          end?.();
          end = undefined;
        });
        const lacking = (error: unknown) => client.warn('devtools', `the panel could not be loaded (${String(error)}).`);
        seat.outside(() => void import('../../devtools/index.js').then(({ dock }) => void (end &&= dock(client)), lacking));
      }),
    ],
  };
}
