import type { CacheEvent, HybridCacheClient } from '../types.js';

/**
 * Writes every request that passed the client into the browser's User Timing, as a measure `hybrid-cache: hit /api/x`
 * from its beginning to its answer, and changes of version, clears and errors as marks; Chromium's Performance tab shows
 * them on a track of their own. Each is taken out of the page's own buffer at once, which would grow without end;
 * recordings and `PerformanceObserver`s have it by then.
 *
 * @returns how to stop it.
 */
export function recordUserTiming(client: Pick<HybridCacheClient, 'on'>): () => void {
  return client.on((event) => {
    const { type, ms, url, reason, version } = event;
    const end = performance.now();
    const name = `hybrid-cache: ${type}${url ? ` ${new URL(url).pathname}` : reason ? ` ${reason}` : ''}`;
    const properties = Object.entries({ url, reason, version, layer: event.layer }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    );
    const shown = { track: 'hybrid-cache', color: COLORS[type] ?? 'tertiary', properties, tooltipText: reason ?? type };
    if (ms !== undefined) {
      const detail = { devtools: { dataType: 'track-entry', ...shown } };
      performance.measure(name, { start: Math.max(0, end - ms), end, detail });
      performance.clearMeasures(name);
    } else if (type === 'version' || type === 'clear' || type === 'error') {
      performance.mark(name, { detail: { devtools: { dataType: 'marker', ...shown } } });
      performance.clearMarks(name);
    }
  });
}

/** Chromium's names for the colours of a track. */
const COLORS: Partial<Record<CacheEvent['type'], string>> = {
  hit: 'primary-light',
  stale: 'secondary-light',
  miss: 'secondary-dark',
  bypass: 'tertiary-dark',
  error: 'error',
};
