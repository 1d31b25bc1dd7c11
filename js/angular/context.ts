import { HttpContext, HttpContextToken } from '@angular/common/http';

import { check, oneOf, or, read, readTime } from '../options.js';
import type { CacheMode } from '../passage.js';

export type { CacheMode } from '../passage.js';

/** What one request asks of the cache, in place of the rules. */
export interface CacheRequestOptions {
  /** How long its response is fresh where the server does not say, ms. */
  readonly ttl?: number;
  /** How long after that it may be served while it is fetched again, ms. */
  readonly staleWhileRevalidate?: number;
  /** Stands for the URL in the entry's key: requests with one key share one entry, whatever their URLs. */
  readonly key?: string;
  /**
   * `'default'`: look it up. `'refresh'`: fetch it and store the answer. `'bypass'`: fetch it and store nothing.
   * Default: `'default'`.
   */
  readonly mode?: CacheMode;
}

const READERS = {
  ttl: or(undefined, readTime),
  staleWhileRevalidate: or(undefined, readTime),
  key: (name: string, value: unknown) => {
    check(name, value, value === undefined || typeof value === 'string', true, 'a string');
    return value;
  },
  mode: or(undefined, oneOf('default', 'refresh', 'bypass')),
};

const NOTHING: CacheRequestOptions = {};

/** Carries {@link CacheRequestOptions}; an interceptor may read it. The cache never writes into a context. */
export const CACHE_OPTIONS = new HttpContextToken<CacheRequestOptions>(() => NOTHING);

/**
 * Options for one request: `http.get(url, { context: withCache({ ttl: 30_000 }) })`. Joins `context` if one is given,
 * and options already there.
 *
 * @throws TypeError or RangeError if a value has a wrong type or is impossible.
 */
export function withCache(options: CacheRequestOptions, context = new HttpContext()): HttpContext {
  return context.set(CACHE_OPTIONS, { ...context.get(CACHE_OPTIONS), ...(read('', options, READERS) as CacheRequestOptions) });
}

/** Past the cache: this request is neither looked up nor stored. */
export function skipCache(context?: HttpContext): HttpContext {
  return withCache({ mode: 'bypass' }, context);
}

/** This request goes to the network, and its answer replaces what is stored. */
export function refreshCache(context?: HttpContext): HttpContext {
  return withCache({ mode: 'refresh' }, context);
}
