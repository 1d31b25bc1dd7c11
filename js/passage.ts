/** One request on its way past the cache. */

import type { HeaderSource, Token } from './boundary.js';
import type { Route } from './route.js';

/** Who asks; an entry serves only the kind of caller it was stored for. */
export type Variant = 'fetch' | 'json' | 'text' | 'arraybuffer' | 'blob';

/** `default`: look it up. `refresh`: fetch and store it. `bypass`: neither look it up nor store it. */
export type CacheMode = 'default' | 'refresh' | 'bypass';

/** What one request may say for itself, in place of the rules. */
export interface RequestOptions {
  readonly ttl?: number;
  readonly staleWhileRevalidate?: number;
  readonly key?: string;
  readonly tags?: readonly string[];
  readonly mode?: CacheMode;
}

/** Header fields that ask for something else than the whole, present representation (Fetch standard, "cache mode"). */
const PARTICULAR = ['Range', 'If-None-Match', 'If-Modified-Since', 'If-Match', 'If-Unmodified-Since', 'If-Range'];

/** `Cache-Status` (RFC 9211) of what passed by a cache that was not in action, yet or any more. */
export function passedStatus({ why }: Passage): string {
  return `hybrid-cache; fwd=bypass; detail=${why}`;
}

export class Passage {
  /** On the clock of `performance.now()`, which takes long to read; 0 while nobody has had to know. */
  started = 0;
  /** Look it up; or only store the answer; or only observe it. */
  plan: 'lookup' | 'store' | 'observe' = 'observe';
  /** Why it is not looked up, or was not served. */
  why = '';
  /** The name of its response towards the engine. */
  id = 0;
  /** What it carries since it departed; `undefined` is the unknown token. */
  token: Token | undefined;
  /** Under what it is stored, once that was asked for. */
  key = '';
  /** Part of the key. */
  readonly credentials: string = '';
  /** The user changed between its making and its departure: its response can be attributed to nobody. */
  orphaned = false;

  constructor(
    readonly route: Route,
    /** Whose credentials it was made with (S4). */
    readonly user: string,
    /** Which naming of the user that was. */
    readonly naming: number,
    readonly method: string,
    readonly variant: Variant,
    /** Its headers, where it has any. */
    readonly headers: HeaderSource | undefined,
    readonly own: RequestOptions,
    credentials = 'same-origin',
  ) {
    const { mode } = own;
    // Whether credentials travel makes another answer; the usual choice is not worth spelling out in every key.
    if (credentials === (route.own ? 'omit' : 'include')) this.credentials = credentials;
    const said = headers?.get('Cache-Control') ?? '';
    if (method !== 'GET') this.why = 'method';
    else if (!route.included) this.why = 'include';
    else if (route.rule?.cache === false) this.why = 'rule';
    else if (mode === 'bypass' || /no-store/i.test(said) || PARTICULAR.some((name) => headers?.get(name))) this.why = 'asked';
    else if (mode === 'refresh' || /no-cache/i.test(said)) {
      this.plan = 'store';
      this.why = 'refresh';
    } else this.plan = 'lookup';
  }
}
