/** The public names of `hybrid-cache/angular/testing`. For test suites; an application that imports it ships it. */

import { type EnvironmentProviders, makeEnvironmentProviders } from '@angular/core';

import { readOptions } from '../../options.js';
import type { HybridCacheOptions } from '../../types.js';
import { Flow } from '../flow.js';
import { takeSeat } from '../provide.js';
import { SEAT } from '../seat.js';
import { memoryOnly } from './memory-only.js';

/** Options of {@link provideHybridCacheTesting}; those of the cache matter only with the engine `'memory'`. */
export interface HybridCacheTestingOptions extends HybridCacheOptions {
  /**
   * `'off'`: the cache is out of action, nothing is loaded, and every request passes through before `subscribe` returns.
   * `'memory'`: it is in action, with its own rules, and keeps responses in memory, each injector its own. Default: `'off'`.
   */
  readonly engine?: 'off' | 'memory';
}

/**
 * The cache for the tests of an application, instead of `provideHybridCache()` or after it. Features such as
 * `withProbe()` then do nothing, and `withDevtools()` nothing with the engine `'off'`.
 *
 * ```ts
 * TestBed.configureTestingModule({
 *   providers: [
 *     provideHybridCacheTesting(),
 *     provideHttpClient(withInterceptors([hybridCacheInterceptor])),
 *     provideHttpClientTesting(),
 *   ],
 * });
 * ```
 *
 * With `engine: 'memory'` a test first waits for `TestBed.inject(HybridCache).whenReady()` in real time, not in
 * `fakeAsync`; then an answer from the cache comes in a microtask, and nothing needs IndexedDB. As with a real server,
 * only what carries an `X-Cache-Version` is stored, and `encryptAtRest` has nothing to do. The user is `'tester'` unless
 * `user` says otherwise.
 *
 * @throws TypeError or RangeError if an option has a wrong type or an impossible value; the message names it.
 */
export function provideHybridCacheTesting({ engine = 'off', ...options }: HybridCacheTestingOptions = {}): EnvironmentProviders {
  // A machine that is busy with tests is slow; a hit is to be a hit.
  const settings = readOptions({ user: 'tester', lookupTimeout: 60_000, expose: false, ...options });
  const factory = () => {
    const seat = takeSeat(settings, memoryOnly);
    const { warn } = seat.client;
    // That it keeps nothing is what was asked for.
    Object.assign(seat.client, { warn: (cause: string, text: string) => cause === 'memory-only' || warn(cause, text) });
    // In place of what loads the features, too.
    seat.client.companion = () => (seat.flow = new Flow(seat));
    if (engine === 'off') seat.client.close();
    return seat;
  };
  return makeEnvironmentProviders([{ provide: SEAT, useFactory: factory }]);
}
