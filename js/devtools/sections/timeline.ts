import { h } from '../dom.js';
import type { Line } from '../journal.js';
import { position } from '../samples.js';
import type { MakeSection } from '../section.js';
import { duration } from '../words.js';

/** How many lines are kept. */
const KEPT = 100;
const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const PLACES = { memory: 'memory', indexeddb: 'IndexedDB', network: 'network' } as const;

/** Requests and what else happened, newest first. A bar is a time, on the axis of the latencies. */
export const timeline: MakeSection = () => {
  const waiting: Line[] = [];
  const list = h('ol', { part: 'lines', tabindex: 0, 'aria-labelledby': 'timeline' }, h('li', { class: 'note' }, 'Nothing was asked yet.'));
  let empty = true;
  return {
    root: h('section', { part: 'timeline' }, h('h3', { id: 'timeline' }, 'Timeline'), list),
    hear(line) {
      waiting.push(line);
      if (waiting.length > KEPT) waiting.shift();
    },
    show() {
      if (!waiting.length) return;
      if (empty) list.replaceChildren();
      empty = false;
      list.prepend(...waiting.splice(0).reverse().map(row));
      while (list.childElementCount > KEPT) list.lastElementChild!.remove();
    },
  };
};

function row({ at, outcome, source, text, why, ms, loading }: Line): HTMLLIElement {
  const moment = h('time', { datetime: new Date(at).toISOString() }, time.format(at));
  if (!outcome) return h('li', { class: 'note' }, moment, h('span', {}, text));
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' }, h('span'));
  (bar.firstChild as HTMLElement).style.width = `${ms === undefined ? 0 : Math.max(3, 100 * position(ms))}%`;
  const details = [source && PLACES[source], why, loading && source !== 'network' && 'loading the cache included'].filter(Boolean);
  return h(
    'li',
    { class: outcome, 'data-outcome': outcome },
    h('span', { class: 'outcome' }, outcome),
    h('span', { class: 'address', title: text }, text),
    h('span', { class: 'ms' }, ms === undefined ? '' : duration(ms)),
    moment,
    h('span', { class: 'muted' }, details.join(', ')),
    bar,
  );
}
