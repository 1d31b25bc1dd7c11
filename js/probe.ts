/** The version probe: asks the server where a page would otherwise not hear from it (H8). */

import type { HybridCacheClient } from './types.js';

/** Options of {@link probe}. */
export interface ProbeOptions {
  /** The address to ask; its answer carries the version. Default: `/api/cache/status/`. */
  readonly url?: string;
  /** How often to ask while hits are served, ms, at least 1 000; 0: never by the clock. Default: 30 000. */
  readonly every?: number;
  /** Headers of the request, such as `Authorization`; asked for each time. Default: none. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

/** How the question is asked; by default with the client's own `fetch`. */
export interface ProbeAsk {
  readonly ask?: (url: string) => Promise<unknown>;
}

/** What of a client the probe needs. */
type Probed = Pick<HybridCacheClient, 'stats' | 'version'> & Partial<Pick<HybridCacheClient, 'fetch'>>;

/**
 * Asks the server for the version, with a request that passes the cache: when the page gets the focus or becomes
 * visible, when the connection is back, and every `every` milliseconds in which hits were served. One question at a time;
 * none while no version is known, since then nothing can be out of date, and none by the clock in a hidden page.
 *
 * @returns How to end it.
 * @throws RangeError if `every` is impossible.
 */
export function probe(client: Probed, { url = '/api/cache/status/', every = 30_000, headers, ask }: ProbeOptions & ProbeAsk = {}): () => void {
  if (!(every === 0 || (every >= 1_000 && every < 2 ** 31))) {
    throw new RangeError(`hybrid-cache: option "every" is ${every}; accepted is 0 or a number of milliseconds from 1000 to 2147483647`);
  }
  const send = ask ?? ((address) => client.fetch!(address, { cache: 'no-store', headers: headers?.() ?? {} }));
  let asking = false;
  let served = hits();
  function hits(): number {
    const { hits: fresh, stale } = client.stats();
    return fresh + stale;
  }
  const now = () => {
    if (asking || client.version() === null) return;
    asking = true;
    served = hits();
    const over = () => void (asking = false);
    send(url).then(over, over);
  };
  const visible = () => void (document.visibilityState === 'visible' && now());
  const tick = () => void (hits() > served && visible());
  const timer = every && setInterval(tick, every);
  addEventListener('focus', visible);
  addEventListener('online', now);
  document.addEventListener('visibilitychange', visible);
  return () => {
    clearInterval(timer);
    removeEventListener('focus', visible);
    removeEventListener('online', now);
    document.removeEventListener('visibilitychange', visible);
  };
}
