/** Reading and checking what the application asks for. A wrong value is an error here, not a surprise later. */

import type { CacheRule, Encryption, HybridCacheOptions, UrlMatch } from './types.js';

/** Options with every default filled in and every pattern safe to be used again and again. */
export interface Settings extends Required<Omit<HybridCacheOptions, 'include' | 'wasmUrl' | 'encryptAtRest'>> {
  readonly include: readonly UrlMatch[] | undefined;
  readonly wasmUrl: string | URL | undefined;
  readonly encryptAtRest: Encryption | undefined;
}

/** Reads one option: the value to use, or an error that names the option. `undefined` stands for the default. */
type Reader<T> = (name: string, value: unknown) => T;

const READERS: { readonly [K in keyof Settings]: Reader<Settings[K]> } = {
  user: (name, value = null) => (typeof value === 'function' ? (value as () => string) : readUser(name, value)),
  userIs: oneOf('name', 'scope'),
  ttl: or(300_000, readTime),
  rules: or([], listOf(readRule)),
  include: or(undefined, listOf(readMatch)),
  maxBytes: or(50 * 2 ** 20, readCount),
  maxEntries: or(1_000, readCount),
  wasmUrl: or(undefined, (name, value) => {
    const address = (value as URL | null)?.href ?? value;
    check(name, value, typeof address === 'string', address !== '', 'a URL, or its text');
    return value as string | URL;
  }),
  // Timers count to 2^31 - 1.
  lookupTimeout: or(150, (name, value) => readTime(name, value, 2 ** 31 - 1)),
  session: oneOf('cookie', 'bearer'),
  echoVersion: oneOf(true, false),
  versionless: oneOf('skip', 'ttl'),
  bodies: oneOf('copy', 'frozen'),
  signOut: oneOf('keep', 'clear'),
  keyHeaders: or(
    ['Accept', 'Accept-Language'],
    listOf((name, value) => {
      check(name, value, typeof value === 'string', /^[\w!#$%&'*+.^`|~-]+$/.test(value as string), 'the name of a header');
      return value as string;
    }),
  ),
  expose: oneOf(true, false),
  encryptAtRest: or(undefined, (name, value) => {
    check(name, value, typeof (value as Encryption | null)?.over === 'function', true, 'encryption(secret)');
    return value as Encryption;
  }),
};

/** Reads options; unknown names are reported on the console. */
export function readOptions(given: HybridCacheOptions = {}): Settings {
  return read('', given, READERS) as Settings;
}

/** A user's name or `null`. */
export function readUser(name: string, user: unknown): string | null {
  check(name, user, user === null || typeof user === 'string', user !== '', 'null or a string that is not empty');
  return user as string | null;
}

/** A duration in milliseconds. */
export function readTime(name: string, value: unknown, most = Number.MAX_SAFE_INTEGER): number {
  const possible = (value as number) >= 0 && (value as number) <= most;
  check(name, value, typeof value === 'number', possible, `a number of milliseconds from 0 to ${most}`);
  return value as number;
}

/**
 * A pattern of URLs: strings as they are, but a bare origin gets its slash, so that it names no longer host;
 * regular expressions without the flags that make them remember where they stopped.
 */
export function readMatch(name: string, match: unknown): UrlMatch {
  if (match instanceof RegExp) {
    const { source, flags, sticky } = match;
    return new RegExp(sticky ? `^(?:${source})` : source, flags.replace(/[gy]/g, ''));
  }
  const accepted = 'a RegExp, or a prefix that begins with "/" or "http://" or "https://"';
  check(name, match, typeof match === 'string', /^\/|^https?:\/\/./.test(match as string), accepted);
  return (match as string).replace(/^https?:\/\/[^/]+$/, '$&/');
}

function readCount(name: string, value: unknown): number {
  check(name, value, typeof value === 'number', Number.isSafeInteger(value) && (value as number) > 0, 'an integer from 1 on');
  return value as number;
}

function readRule(name: string, rule: unknown): CacheRule {
  return read(`${name}.`, rule, {
    match: readMatch,
    ttl: or(undefined, readTime),
    staleWhileRevalidate: or(undefined, readTime),
    cache: oneOf(true, false),
  }) as CacheRule;
}

/** Reads an object's known fields; those without a value are left out. */
export function read(prefix: string, given: unknown, readers: Readonly<Record<string, Reader<unknown>>>): unknown {
  check(prefix.slice(0, -1) || 'options', given, Object(given) === given, true, 'an object');
  const unknown = Object.keys(given as object).filter((name) => !(name in readers));
  if (unknown.length) void import('./spelling.js').then(({ report }) => report(prefix, unknown, Object.keys(readers)));
  const values = given as Record<string, unknown>;
  const all = Object.entries(readers).map(([name, reader]) => [name, reader(prefix + name, values[name])] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/** `undefined` stands for `standard`. */
export function or<T>(standard: T, reader: Reader<T>): Reader<T> {
  return (name, value) => (value === undefined ? standard : reader(name, value));
}

/** The first choice is the default. */
export function oneOf<T>(...choices: readonly [T, ...T[]]): Reader<T> {
  return (name, value = choices[0]) => {
    check(name, value, typeof value === typeof choices[0], choices.includes(value as T), choices.map(show).join(' or '));
    return value as T;
  };
}

function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (name, values) => {
    check(name, values, Array.isArray(values), true, 'an array');
    return (values as unknown[]).map((value, i) => reader(`${name}[${i}]`, value));
  };
}

/** An error that names the option, unless the type is right and the value possible. */
export function check(name: string, value: unknown, right: boolean, possible: boolean, accepted: string): void {
  if (right && possible) return;
  throw new (right ? RangeError : TypeError)(`hybrid-cache: option "${name}" is ${show(value)}; accepted is ${accepted}`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Object(value) === value ? Object.prototype.toString.call(value) : String(value);
}
