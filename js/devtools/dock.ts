import type { PanelClient } from './client.js';

const PLACE = 'position:fixed;inset:auto 12px 12px auto;z-index:2147483647;max-width:calc(100vw - 24px);color-scheme:light dark';
const EDGE = 'border:1px solid GrayText;border-radius:10px;background:Canvas;color:CanvasText';
const SUMMARY = `${EDGE};padding:4px 12px;width:fit-content;margin-left:auto;cursor:pointer;font:13px/1.5 system-ui,sans-serif`;
const PANEL = 'margin-top:8px;width:460px;max-width:100%;max-height:75vh;overflow:auto';

/**
 * Puts a panel into a corner of the page, folded up: a button opens it. It records from the beginning, opened or not.
 * The answer takes it away again.
 */
export function dock(client: PanelClient): () => void {
  const element = <K extends keyof HTMLElementTagNameMap>(name: K, style: string, ...children: Node[]) => {
    const made = document.createElement(name);
    made.style.cssText = style;
    made.append(...children);
    return made;
  };
  const panel = element('hybrid-cache-panel', PANEL);
  panel.client = client;
  const details = element('details', '', element('summary', SUMMARY, new Text('hybrid-cache')), panel);
  const place = element('aside', PLACE, details);
  place.setAttribute('aria-label', 'hybrid-cache devtools');
  document.body.append(place);
  return () => place.remove();
}
