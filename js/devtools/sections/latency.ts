import { h, svg } from '../dom.js';
import { BINS, DECADES, position, Samples } from '../samples.js';
import type { MakeSection } from '../section.js';
import { duration } from '../words.js';

const WIDTH = 360;
const BAND = 44;
const HEIGHT = 2 * BAND + 20;
const KINDS = ['cache', 'network'] as const;

/** How long answers took, from the cache and from the network: two histograms over one logarithmic axis, and numbers. */
export const latency: MakeSection = () => {
  const samples = { cache: new Samples(), network: new Samples() };
  /** Hits that had to wait for the cache to load: a page's first, and not what a hit costs. */
  const loading: number[] = [];
  let news = true;
  const plot = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' });
  const body = h('tbody');
  const note = h('p', { class: 'muted', part: 'loading' });
  const head = h('tr', {}, ...['From', 'Answers', 'p50', 'p95'].map((name) => h('th', { scope: 'col' }, name)));
  const table = h('table', { 'aria-labelledby': 'latency' }, h('thead', {}, head), body);

  const show = () => {
    if (!news) return;
    news = false;
    const shown = KINDS.map((kind) => ({ kind, count: samples[kind].count, p50: samples[kind].quantile(0.5), p95: samples[kind].quantile(0.95) }));
    const said = shown.map(({ kind, count, p50, p95 }) => `${kind}: ${count ? `${count} answers, half within ${duration(p50!)}, 95 % within ${duration(p95!)}` : 'no answers'}`);
    plot.replaceChildren(
      svg('title', {}, `Latencies. ${said.join('; ')}.`),
      ...axis(),
      ...shown.flatMap(({ kind, p50, p95 }, i) => band(kind, samples[kind].bins(), [p50, p95], (i + 1) * BAND)),
      ...loading.map((ms) => svg('circle', { class: 'loading', cx: WIDTH * position(ms), cy: BAND - 4, r: 3 })),
    );
    const number = (ms: number | undefined) => h('td', {}, ms === undefined ? '–' : duration(ms));
    body.replaceChildren(
      ...shown.map(({ kind, count, p50, p95 }) => h('tr', { class: kind }, h('th', { scope: 'row' }, kind), h('td', {}, String(count)), number(p50), number(p95))),
    );
    note.hidden = !loading.length;
    note.textContent = `Not counted, since loading the cache is in it (○): ${loading.map(duration).join(', ')}.`;
  };
  show();
  return {
    root: h('section', { part: 'latency' }, h('h3', { id: 'latency' }, 'Latency'), plot, table, note),
    hear({ outcome, source, ms, loading: first, text }) {
      if (!outcome || outcome === 'late' || ms === undefined || /^[A-Z]+ /.test(text)) return;
      news = true;
      if (source === 'network') samples.network.add(ms);
      else if (!first) samples.cache.add(ms);
      else if (loading.push(ms) > 5) loading.shift();
    },
    show,
  };
};

/** A line at every power of ten. */
function axis(): SVGElement[] {
  const [first, last] = DECADES;
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const ms = 10 ** (first + i);
    const x = WIDTH * position(ms);
    const anchor = i === 0 ? 'start' : first + i === last ? 'end' : 'middle';
    return svg('g', {}, svg('line', { class: 'axis', x1: x, x2: x, y1: 0, y2: 2 * BAND }), svg('text', { x, y: HEIGHT - 5, 'text-anchor': anchor }, ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`));
  });
}

function band(kind: string, bins: number[], quantiles: (number | undefined)[], bottom: number): SVGElement[] {
  const most = Math.max(1, ...bins);
  const room = BAND - 10;
  const width = WIDTH / BINS;
  return [
    svg('line', { class: 'axis', x1: 0, x2: WIDTH, y1: bottom, y2: bottom }),
    ...bins.flatMap((count, i) => {
      const height = (room * count) / most;
      return count ? [svg('rect', { class: kind, x: i * width + 0.5, y: bottom - height, width: width - 1, height })] : [];
    }),
    ...quantiles.flatMap((ms, i) => {
      const x = ms === undefined ? 0 : WIDTH * position(ms);
      return ms === undefined ? [] : [svg('line', { class: i ? 'p95' : 'p50', x1: x, x2: x, y1: bottom - BAND + 4, y2: bottom })];
    }),
  ];
}
