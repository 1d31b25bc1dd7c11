import type { CacheMode } from './passage.js';

/** Fetch's cache modes, as far as they ask this cache for something. */
const MODES: Partial<Record<string, CacheMode>> = {
  'no-store': 'bypass',
  'only-if-cached': 'bypass',
  reload: 'refresh',
  'no-cache': 'refresh',
};

/** What a request asks of the cache by the names the Fetch standard gives its fields; absent ones are the default. */
export function modeOf(asked: { readonly [field in 'cache' | 'redirect' | 'integrity' | 'mode']?: unknown }): CacheMode {
  const { cache, redirect = 'follow', integrity, mode } = asked;
  // More is asked for than a body and its headers.
  if (redirect !== 'follow' || integrity || mode === 'no-cors' || mode === 'navigate') return 'bypass';
  return MODES[String(cache)] ?? 'default';
}
