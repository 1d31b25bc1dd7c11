import type { CacheEntryInfo, Explanation } from '../../inspection.js';
import { h } from '../dom.js';
import type { MakeSection } from '../section.js';
import { address, bytes, span } from '../words.js';

/** How many rows are shown at most; the search finds the others. */
const SHOWN = 100;
/** Reading waits this long, so that what happens at once is read once, ms. */
const SETTLE = 300;

const COLUMNS = ['url', 'size', 'age'] as const;
type Column = (typeof COLUMNS)[number];
const ORDER: Record<Column, (a: CacheEntryInfo, b: CacheEntryInfo) => number> = {
  url: (a, b) => a.url.localeCompare(b.url),
  size: (a, b) => b.bytes - a.bytes,
  age: (a, b) => b.stored - a.stored,
};

/** What is stored for the present user. Read when it is opened, since reading loads the inspection module. */
export const entries: MakeSection = (client) => {
  let all: CacheEntryInfo[] = [];
  let by: Column = 'age';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = new Set<string>();

  const search = h('input', { type: 'search', 'aria-label': 'Search URLs', placeholder: 'Search URLs', input: () => draw() });
  const count = h('p', { role: 'status', class: 'muted' });
  const headers = COLUMNS.map((name) => h('th', { scope: 'col' }, h('button', { type: 'button', click: () => sort(name) }, name)));
  const body = h('tbody');
  const table = h('table', { 'aria-labelledby': 'entries' }, h('thead', {}, h('tr', {}, ...headers, h('th', { scope: 'col' }, 'actions'))), body);
  const clear = h('button', { type: 'button', click: () => void client.clear().then(read) }, 'Clear all');
  const tools = h('div', { class: 'tools' }, search, h('button', { type: 'button', click: () => void read() }, 'Read again'), clear);
  const scroll = h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-labelledby': 'entries' }, table);
  const details = h(
    'details',
    { toggle: () => void (details.open && read()) },
    h('summary', {}, h('h3', { id: 'entries' }, 'Entries')),
    tools,
    count,
    scroll,
  );

  async function read(): Promise<void> {
    all = await client.entries().catch(() => []);
    draw();
  }

  function sort(column: Column): void {
    by = column;
    draw();
  }

  function draw(): void {
    const wanted = search.value.trim().toLowerCase();
    const found = all.filter(({ url }) => url.toLowerCase().includes(wanted)).sort(ORDER[by]);
    headers.forEach((header, i) => header.setAttribute('aria-sort', COLUMNS[i] !== by ? 'none' : by === 'size' ? 'descending' : 'ascending'));
    count.textContent = `${found.length} of ${all.length} entries, ${bytes(all.reduce((sum, entry) => sum + entry.bytes, 0))}${found.length > SHOWN ? `; the first ${SHOWN} are shown` : ''}`;
    const focus = (body.getRootNode() as ShadowRoot).activeElement?.getAttribute('data-for');
    body.replaceChildren(...found.slice(0, SHOWN).flatMap(rows));
    // What had the focus was drawn anew, or is gone with its row.
    if (focus) ([...body.querySelectorAll<HTMLElement>('[data-for]')].find((each) => each.dataset['for'] === focus) ?? scroll).focus();
  }

  function rows(entry: CacheEntryInfo): HTMLTableRowElement[] {
    const { key, url, variant, live, status } = entry;
    const text = address(url);
    const answer = h('td', { colspan: 4 }, 'Looking…');
    const below = h('tr', { class: 'answer' }, answer);
    below.hidden = !open.has(key);
    const explain = h('button', { type: 'button', 'data-for': `explain ${key}`, 'aria-label': `Explain ${text}`, 'aria-expanded': String(!below.hidden) }, 'Explain');
    explain.addEventListener('click', () => {
      below.hidden = !below.hidden;
      explain.setAttribute('aria-expanded', String(!below.hidden));
      if (below.hidden) open.delete(key);
      else {
        open.add(key);
        void tell(url, answer);
      }
    });
    const remove = h('button', { type: 'button', 'data-for': `delete ${key}`, 'aria-label': `Delete ${text}`, click: () => void client.delete(exactly(url)).then(read) }, 'Delete');
    if (!below.hidden) void tell(url, answer);
    const age = h('td', {}, span(Date.now() - entry.stored), h('small', {}, ` ${freshness(entry)}`));
    const name = h('th', { scope: 'row', title: url }, text, h('small', {}, ` ${variant}${status === 200 ? '' : `, ${status}`}`));
    return [h('tr', { class: live ? null : 'dead' }, name, h('td', {}, bytes(entry.bytes)), age, h('td', {}, explain, remove)), below];
  }

  async function tell(url: string, into: HTMLElement): Promise<void> {
    const said = await client.explain(url).catch((error: unknown) => String(error));
    into.replaceChildren(...(typeof said === 'string' ? [said] : sentences(said)));
  }

  const soon = () => {
    if (!details.open || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void read();
    }, SETTLE);
  };
  return { root: h('section', { part: 'entries' }, details), show: soon, end: () => clearTimeout(timer) };
};

function freshness({ live, expiresIn }: CacheEntryInfo): string {
  if (!live) return 'dead';
  return expiresIn > 0 ? `fresh for ${span(expiresIn)}` : 'expired';
}

function sentences({ served, verdict, rule, reason, cure, steps }: Explanation): Node[] {
  return [
    h('p', {}, h('strong', {}, `${served ? 'Served' : 'Not served'}: ${verdict}${rule ? ` (${rule})` : ''}. `), reason),
    ...(cure ? [h('p', {}, cure)] : []),
    ...(steps.length ? [h('ol', {}, ...steps.map((step) => h('li', {}, step)))] : []),
  ];
}

/** This URL and no other: a string would be a prefix. */
function exactly(url: string): RegExp {
  return new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`);
}
