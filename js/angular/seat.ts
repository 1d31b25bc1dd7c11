import type { HttpHeaders, HttpResponseBase } from '@angular/common/http';
import { ApplicationRef, InjectionToken, type Injector, NgZone, TransferState } from '@angular/core';

import type { HeaderSource } from '../boundary.js';
import { Client } from '../client.js';
import type { Loader } from '../load.js';
import type { Settings } from '../options.js';
import type { Passage } from '../passage.js';
import type { Flow } from './flow.js';
import type { Next } from './interceptor.js';

/** What the cache needs of one Angular application. */
export class Seat {
  readonly client: Client;
  /** There as soon as the client can be `ready`. */
  flow: Flow | undefined;
  /** The kind of interceptor that came first; the other kind lets requests pass (both may be registered). */
  claimed: 'function' | 'class' | undefined;
  /** Sees every request to the network, of a cache that is not in action, too. */
  watch: ((next: Next) => Next) | undefined;
  /** What features do once the cache is about to be in action. */
  readonly begin: (() => void)[] = [];
  #hydrating: boolean | undefined;

  constructor(
    readonly zone: NgZone,
    readonly injector: Injector,
    settings: Settings,
    loading: Loader,
  ) {
    this.client = this.outside(() => new Client(settings, () => import('./action.js'), loading));
    this.client.companion = (action) => {
      this.flow = new (action as typeof import('./action.js')).Flow(this);
      if (this.client.status === 'loading') for (const begin of this.begin) begin();
    };
  }

  /** Runs what reaches the engine, and with it IndexedDB, where it causes no change detection. */
  outside<T>(call: () => T): T {
    return NgZone.isInAngularZone() ? this.zone.runOutsideAngular(call) : call();
  }

  /** Runs calls in the zone that this was called in. */
  here(): (call: () => void) => void {
    return NgZone.isInAngularZone() ? (call) => this.zone.run(call) : (call) => call();
  }

  /** Tells the client of a response, failed or not; see `Client.observe`. */
  observe(p: Passage, { status, headers }: HttpResponseBase): number {
    // Status 0: there was none.
    return status ? this.outside(() => this.client.observe(p, status, headerSource(headers))) : 0;
  }

  /** While a page that the server rendered takes over, what came with it answers, not the cache. */
  get hydrating(): boolean {
    if (this.#hydrating === undefined) {
      this.#hydrating = !this.injector.get(TransferState).isEmpty;
      if (this.#hydrating) {
        void this.injector
          .get(ApplicationRef)
          .whenStable()
          .then(() => (this.#hydrating = false));
      }
    }
    return this.#hydrating;
  }
}

/** Headers as HTTP means them: several values of a name are one, joined by commas. */
export function headerSource(headers: HttpHeaders): HeaderSource {
  return { get: (name) => headers.getAll(name)?.join(', ') ?? null };
}

/** Provided by `provideHybridCache()`. */
export const SEAT = new InjectionToken<Seat>('provideHybridCache');
