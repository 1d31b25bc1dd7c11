/** Numbers and reasons for people. */

/** A duration: "0.4 ms", "38 ms", "1.2 s". */
export function duration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** A size: "812 B", "4.1 KB", "2.0 MB". */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} KB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

/** A span of time in its largest unit: "12 s", "4 min", "3 h", "2 d"; what is over is "0 s". */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  for (const [length, unit] of UNITS) if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`;
  return `${seconds} s`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** Path and query of a URL of the page's own origin, any other whole. */
export function address(url: string): string {
  const { origin } = location;
  return url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
}

/** The one-word reasons of events; a word that is not here is shown as it is. */
export function reason(word: string): string {
  return REASONS[word] ?? word;
}

const REASONS: Readonly<Record<string, string>> = {
  absent: 'not kept yet',
  asked: 'cache not asked',
  corrupt: 'record unreadable',
  disabled: 'caching is off',
  displaced: 'database replaced',
  expired: 'too old',
  fenced: 'version in doubt',
  generation: 'of an older version',
  include: 'not for the cache',
  invalidated: 'invalidated',
  loading: 'the cache was still loading',
  locked: 'no key to open it',
  method: 'not a read',
  refresh: 'a fresh one was asked for',
  rule: 'a rule excludes it',
  sealed: 'sealed with another key',
  storage: 'storage failed',
  suspended: 'another user answered',
  timeout: 'storage took too long',
  user: 'the user changed meanwhile',
};
