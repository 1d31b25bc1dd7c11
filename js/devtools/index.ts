/**
 * The public names of `hybrid-cache/devtools`. Importing it defines `<hybrid-cache-panel>`; an application that does not
 * import it has nothing of it in its bundle. Load it lazily:
 *
 * ```ts
 * await import('hybrid-cache/devtools');
 * const panel = document.createElement('hybrid-cache-panel');
 * panel.client = cache;
 * document.body.append(panel);
 * ```
 *
 * `dock(cache)` does the same in a corner of the page, folded up.
 */

import { HybridCachePanel } from './panel.js';

export type { EventFilter, PanelClient } from './client.js';
export { dock } from './dock.js';
export { HybridCachePanel } from './panel.js';
export { recordUserTiming } from './timing.js';

declare global {
  interface HTMLElementTagNameMap {
    'hybrid-cache-panel': HybridCachePanel;
  }
}

// Two copies of the package in one page: the first one's element serves both.
if (globalThis.customElements && !customElements.get('hybrid-cache-panel')) customElements.define('hybrid-cache-panel', HybridCachePanel);
