import type { CacheEvent, HybridCacheClient } from '../types.js';

/** What the panel needs of a client: any {@link HybridCacheClient}, or the `client` of Angular's `HybridCache`. */
export type PanelClient = Pick<
  HybridCacheClient,
  'status' | 'reason' | 'version' | 'enabled' | 'stats' | 'on' | 'entries' | 'explain' | 'clear' | 'delete' | 'bypass'
>;

/** Which events are shown. */
export type EventFilter = (event: CacheEvent) => boolean;
