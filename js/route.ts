/** What a URL means to the cache. */

import type { Settings } from './options.js';
import type { CacheRule, UrlMatch } from './types.js';

/** A URL, resolved and judged. */
export interface Route {
  /** Canonical: absolute, no fragment, query parameters sorted by name. */
  readonly href: string;
  readonly origin: string;
  /** The page's own origin. */
  readonly own: boolean;
  /** May be cached, as far as the URL tells. */
  readonly included: boolean;
  readonly rule: CacheRule | undefined;
  /** What it is in the keys of entries, by who asks, once that was asked for: one string is found faster than equal ones. */
  readonly keys: Partial<Record<string, string>>;
}

/** How many addresses are remembered; then it starts over. */
const REMEMBERED = 500;

/** A path with at most one parameter that is spelt as `URL` would spell it; `URL` takes longer than all else in a lookup. */
const PLAIN = /^(\/[\w~-][\w.~-]*)+\/?(\?[\w*-][\w.*-]*=[\w.*-]*)?$/;

/** Resolves addresses as the page writes them. */
export class Router {
  /** Origins whose responses concern the cache: the page's, and those that something included came from. */
  readonly servers = new Set<string>();
  readonly #routes = new Map<string, Route | undefined>();
  readonly #settings: Settings;
  readonly #own = globalThis.location?.origin;

  constructor(settings: Settings) {
    this.#settings = settings;
    if (/^http/.test(this.#own)) this.servers.add(this.#own);
    for (const match of settings.include ?? []) {
      if (typeof match === 'string' && match[0] !== '/') this.servers.add(new URL(match).origin);
    }
  }

  /** `undefined`: the address is no valid http(s) URL. */
  route(address: string): Route | undefined {
    const known = this.#routes.get(address);
    if (known) return known;
    const route = this.#resolve(address);
    // What is relative to the current page means something else on the next.
    if (/^(\/|https?:)/.test(address)) {
      if (this.#routes.size >= REMEMBERED) this.#routes.clear();
      this.#routes.set(address, route);
    }
    return route;
  }

  /** The absolute form of a string that matches URLs of the page's own origin if it begins with `/`. */
  absolute(prefix: string): string {
    return prefix[0] === '/' ? this.#own + prefix : prefix;
  }

  #resolve(address: string): Route | undefined {
    const base = globalThis.document?.baseURI ?? globalThis.location?.href;
    if (PLAIN.test(address) && base?.startsWith(`${this.#own}/`)) return this.#judge(this.#own + address, this.#own);
    let url: URL;
    try {
      url = new URL(address, base);
    } catch {
      return undefined;
    }
    if (!/^https?:$/.test(url.protocol)) return undefined;
    url.hash = '';
    if (url.search) url.searchParams.sort();
    return this.#judge(url.href, url.origin);
  }

  #judge(href: string, origin: string): Route {
    const { include, rules } = this.#settings;
    const own = origin === this.#own;
    const included = include
      ? include.some((match) => (own || typeof match !== 'string' || match[0] !== '/') && covers(match, href, origin))
      : own;
    if (included) this.servers.add(origin);
    return { href, origin, own, included, rule: rules.find(({ match }) => covers(match, href, origin)), keys: {} };
  }
}

function covers(match: UrlMatch, href: string, origin: string): boolean {
  if (typeof match !== 'string') return match.test(href);
  return href.startsWith(match, match[0] === '/' ? origin.length : 0);
}
