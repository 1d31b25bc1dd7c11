import { HttpContext } from '@angular/common/http';

import { check, oneOf, or, read, readTime } from '../options.js';
import { CACHE_OPTIONS, type CacheRequestOptions } from './token.js';

const READERS = {
  ttl: or(undefined, readTime),
  staleWhileRevalidate: or(undefined, readTime),
  key: (name: string, value: unknown) => {
    check(name, value, value === undefined || typeof value === 'string', true, 'a string');
    return value;
  },
  tags: or(undefined, (name, value) => {
    const tags = value as readonly string[];
    const possible = Array.isArray(tags) && tags.length <= 32 && tags.every((tag) => typeof tag === 'string' && /^[ -~]{1,128}$/.test(tag));
    check(name, value, Array.isArray(tags), possible, 'an array of at most 32 strings, each of 1 to 128 printable ASCII characters');
    return tags;
  }),
  mode: or(undefined, oneOf('default', 'refresh', 'bypass')),
  revalidated: (name: string, value: unknown) => {
    const takes = typeof (value as { set?: unknown } | undefined)?.set === 'function';
    check(name, value, value === undefined || value === 'emit' || takes, true, '"emit" or a writable signal');
    return value;
  },
};

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
