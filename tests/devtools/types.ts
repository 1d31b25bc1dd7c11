// Compiled, not run: the panel as an application uses it.
import { createHybridCache } from 'hybrid-cache';
import { type EventFilter, HybridCachePanel, recordUserTiming } from 'hybrid-cache/devtools';

const cache = createHybridCache();
const panel: HybridCachePanel = document.createElement('hybrid-cache-panel');
const mine: EventFilter = ({ url }) => !url?.includes('/status/');
panel.client = cache;
panel.filter = mine;
panel.client = undefined;
// @ts-expect-error: a client is no string.
panel.client = 'cache';
const stop: () => void = recordUserTiming(cache);
stop();
