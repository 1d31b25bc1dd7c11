import { isPlatformBrowser } from '@angular/common';
import {
  DestroyRef,
  EnvironmentInjector,
  type EnvironmentProviders,
  inject,
  makeEnvironmentProviders,
  NgZone,
  PLATFORM_ID,
  provideEnvironmentInitializer,
  type Provider,
  runInInjectionContext,
  untracked,
} from '@angular/core';

import { type Loader, loader } from '../load.js';
import { readOptions, type Settings } from '../options.js';
import type { HybridCacheOptions } from '../types.js';
import { Seat, SEAT } from './seat.js';

/** Something that `provideHybridCache()` adds; made by functions whose names begin with `with`. */
export interface HybridCacheFeature {
  readonly kind: string;
  readonly providers: readonly (Provider | EnvironmentProviders)[];
}

/**
 * Provides the cache. Goes together with `hybridCacheInterceptor`, or with `withHttpInterceptorClass()`.
 *
 * ```ts
 * providers: [
 *   provideHybridCache({ user: () => inject(Session).userId() }),
 *   provideHttpClient(withInterceptors([authInterceptor, hybridCacheInterceptor])),
 * ]
 * ```
 *
 * Loading begins at bootstrap if a user is named by then, and is not waited for. On a server nothing is cached.
 *
 * @param options A function given as `user` runs in the injection context of the application and is not tracked by signals.
 * @throws TypeError or RangeError if an option has a wrong type or an impossible value; the message names it.
 */
export function provideHybridCache(
  options: HybridCacheOptions = {},
  ...features: readonly HybridCacheFeature[]
): EnvironmentProviders {
  const settings = readOptions(options);
  return makeEnvironmentProviders([
    { provide: SEAT, useFactory: () => takeSeat(settings) },
    provideEnvironmentInitializer(() => void inject(SEAT)),
    features.map(({ providers }) => [...providers]),
  ]);
}

/** A seat in the application whose injection context this is; by default its parts are loaded as those of any page. */
export function takeSeat(
  settings: Settings,
  loading: Loader = isPlatformBrowser(inject(PLATFORM_ID)) ? loader : { ...loader, refused: 'server' },
): Seat {
  const injector = inject(EnvironmentInjector);
  const seat = new Seat(inject(NgZone), injector, settings, loading);
  seat.client.ask = (call) => untracked(() => runInInjectionContext(injector, call));
  inject(DestroyRef).onDestroy(() => seat.client.close());
  return seat;
}
