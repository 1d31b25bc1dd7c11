import { HttpContextToken } from '@angular/common/http';

import type { RequestOptions } from '../passage.js';

/** What one request asks of the cache, in place of the rules. */
export interface CacheRequestOptions extends RequestOptions {
  /** How long its response is fresh where the server does not say, ms. */
  readonly ttl?: number;
  /** How long after that it may be served while it is fetched again, ms. */
  readonly staleWhileRevalidate?: number;
  /** Stands for the URL in the entry's key: requests with one key share one entry, whatever their URLs. */
  readonly key?: string;
  /**
   * Names to find its response by, in `delete({ tag })`; a successful write that bears one ends every response that
   * does. They share one space with the groups that the server names (RFC 9875). At most 32, each of 1 to 128 printable
   * ASCII characters. Default: none.
   */
  readonly tags?: readonly string[];
  /**
   * `'default'`: look it up. `'refresh'`: fetch it and store the answer. `'bypass'`: fetch it and store nothing.
   * Default: `'default'`.
   */
  readonly mode?: 'default' | 'refresh' | 'bypass';
  /**
   * What becomes of the answer that is fetched behind a stale one, if its body is another. `'emit'`: a second emission;
   * the observable completes only after it, or when the network has nothing new. A signal: it is set to the body.
   * Default: it is only stored.
   */
  readonly revalidated?: 'emit' | FreshBody;
}

/** What takes a body: a `WritableSignal` of the body's type, or anything else with its `set`. */
export interface FreshBody {
  // A method, so that a signal of any type is one.
  set(body: never): void;
}

const NOTHING: CacheRequestOptions = {};

/** Carries {@link CacheRequestOptions}; an interceptor may read it. The cache never writes into a context. */
export const CACHE_OPTIONS = new HttpContextToken<CacheRequestOptions>(() => NOTHING);
