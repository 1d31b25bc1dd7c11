import { h } from '../dom.js';
import type { MakeSection } from '../section.js';
import { bytes } from '../words.js';

/** Status, version badge and the sums. */
export const state: MakeSection = (client) => {
  const status = h('span', { part: 'status' });
  const why = h('p', { part: 'reason' });
  const start = h('span', { class: 'muted' });
  const end = h('strong');
  const badge = h('p', { part: 'version', role: 'status' }, h('span', { class: 'muted' }, 'Version '), start, end);
  const sums = h('dl', { class: 'sums' });
  let known: number | null | undefined;
  badge.addEventListener('animationend', () => badge.classList.remove('flash'));

  const show = () => {
    const off = client.status === 'ready' && (client.bypass ? 'bypassed' : client.enabled() === false && 'off: the server says so');
    status.textContent = off || client.status;
    status.dataset['status'] = off ? 'off' : client.status;
    why.textContent = client.reason ?? '';
    why.hidden = client.reason === null;

    const version = client.version();
    if (version !== known) {
      if (typeof known === 'number' && version !== null) badge.classList.add('flash');
      known = version;
      const groups = version === null ? ['not known'] : String(version).replace(/\B(?=(\d{3})+$)/g, ' ').split(' ');
      start.textContent = groups.length > 2 ? `${groups.slice(0, -2).join(' ')} ` : '';
      end.textContent = groups.slice(-2).join(' ');
      badge.dataset['version'] = String(version ?? '');
    }

    const { hits, stale, misses, savedBytes, memoryHits } = client.stats();
    const served = hits + stale;
    const lookups = served + misses;
    sums.replaceChildren(
      ...Object.entries({
        'Hit ratio': lookups ? `${Math.round((100 * served) / lookups)} %` : '–',
        'Requests saved': String(served),
        'Not transferred': bytes(savedBytes),
        'From memory': String(memoryHits),
      }).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
    );
  };
  show();
  return { root: h('section', { part: 'state' }, h('div', { class: 'title' }, h('h2', {}, 'hybrid-cache'), status), why, badge, sums), show };
};
