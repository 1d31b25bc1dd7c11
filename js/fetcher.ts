import { Client } from './client.js';
import type { Fetches } from './fetch.js';
import { label } from './label.js';
import type { Loader } from './load.js';
import { modeOf } from './mode.js';
import type { Settings } from './options.js';
import { type Passage, passedStatus } from './passage.js';
import type { HybridCacheClient } from './types.js';

/** The client of a page without a framework: with `fetch`. */
export class Fetcher extends Client implements HybridCacheClient {
  /** There as soon as the client can be `ready`. */
  #fetches: Fetches | undefined;

  constructor(settings: Settings, loading?: Loader) {
    super(settings, () => import('./action.js'), loading);
    this.companion = (action) => (this.#fetches = (action as typeof import('./action.js')).fetches(this));
  }

  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const p = enter(this, input, init);
    if (!p) return fetch(input, init);
    const go = () => {
      if (this.runtime) return this.#fetches!.through(p, input, init);
      // Not loaded: past the cache, but not unseen.
      this.depart(p);
      p.why ||= 'loading';
      return fetch(input, init).then((response) => {
        this.observe(p, response.status, response.headers);
        this.done(p);
        return label(response, passedStatus(p));
      });
    };
    if (this.runtime || p.plan !== 'lookup') return go();
    return new Promise<void>((arrived) => this.arrival(p, arrived)).then(go);
  }
}

/** A call of `fetch`, as the cache sees it. Reads what the arguments say and changes nothing. */
export function enter(client: Client, input: RequestInfo | URL, init: RequestInit = {}): Passage | undefined {
  try {
    const request = typeof input === 'object' && 'url' in input ? input : undefined;
    const said = <K extends keyof RequestInit & keyof Request>(name: K) => init[name] ?? request?.[name];
    const headers = init.headers ?? request?.headers;
    const [cache, redirect, integrity, mode] = [said('cache'), said('redirect'), said('integrity'), said('mode')];
    return client.enter(
      (said('method') ?? 'GET').toUpperCase(),
      request ? request.url : String(input),
      'fetch',
      headers && new Headers(headers),
      { mode: modeOf({ cache, redirect, integrity, mode }) },
      said('credentials'),
    );
  } catch {
    // `fetch` says what is wrong with it.
    return undefined;
  }
}
