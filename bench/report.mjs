/** The table, on the terminal and as a document. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../tests/support/paths.mjs';
import { round } from './numbers.mjs';
import { CONTENDERS } from './peers/contenders.mjs';
import { plot } from './peers/plot.mjs';

/** Adds `verdict`: `met`, `missed`, or nothing where there is no bar. */
export function judge(row) {
  const [value, bar] = row.barOnOurs === undefined ? [row.ratio, row.bar] : [row.ours, row.barOnOurs];
  return { ...row, verdict: bar === undefined ? '' : value <= bar ? 'met' : 'missed' };
}

function cells(row) {
  const { ours, yardstick, ratio, spread, bar, barOnOurs, unit, verdict } = row;
  return {
    ours: `${round(ours)} ${unit}`,
    yardstick: `${round(yardstick)} ${unit}`,
    ratio: `${round(ratio)}${spread ? ` (${round(spread[0])} to ${round(spread[1])})` : ''}`,
    bar: barOnOurs === undefined ? (bar === undefined ? '' : `${bar}`) : `${barOnOurs} ${unit}`,
    verdict,
  };
}

export function printRow(row) {
  const { ours, yardstick, ratio, bar, verdict } = cells(row);
  console.log(`  ${row.name}\n    ${ours} beside ${yardstick}: ${ratio}${bar ? `, bar ${bar}: ${verdict}` : ''}`);
  if (row.note) console.log(`    ${row.note}`);
}

/** Prints a table of the comparison. */
export function printTable({ title, unit, columns, rows, note }) {
  console.log(`  ${title} (${unit})`);
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  const line = (name, values) => console.log(`    ${name.padEnd(width)}${values.map((value) => `${round(value) ?? ''}`.padStart(11)).join('')}`);
  if (columns.length > 1) console.log(`    ${' '.repeat(width)}${columns.map((column) => column.slice(0, 10).padStart(11)).join('')}`);
  for (const [name, values] of Object.entries(rows)) line(name, values);
  if (note) console.log(`    ${note}`);
}

/** A table of the comparison, and its drawing as a file of its own. */
function compared(table) {
  const { title, unit, columns, rows, note } = table;
  const text = ['', `### ${title}`, ''];
  const drawing = plot(table);
  if (drawing) {
    const file = `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/-$/, '')}.svg`;
    writeFileSync(join(ROOT, 'docs/benchmarks', file), drawing);
    text.push(`![${title}](benchmarks/${file})`, '');
  }
  text.push(`| | ${columns.map((column) => (column === unit ? unit : `${column}, ${unit}`)).join(' | ')} |`, `|---|${columns.map(() => '---:|').join('')}`);
  for (const [name, values] of Object.entries(rows)) {
    const shown = CONTENDERS[name].ours ? `**${name}**` : name;
    text.push(`| ${shown} | ${values.map((value) => round(value) ?? '').join(' | ')} |`);
  }
  if (note) text.push('', `${note[0].toUpperCase()}${note.slice(1)}`);
  return text;
}

/** Writes `docs/benchmarks.md`, the drawings beside it, and `docs/benchmarks.json`. */
export function writeDocuments(machine, groups, comparisons) {
  rmSync(join(ROOT, 'docs/benchmarks'), { recursive: true, force: true });
  mkdirSync(join(ROOT, 'docs/benchmarks'), { recursive: true });
  writeFileSync(join(ROOT, 'docs/benchmarks.json'), `${JSON.stringify({ machine, groups, comparisons }, rounded, 1)}\n`);
  const text = [
    '# Benchmarks',
    '',
    'Written by `npm run bench`; the same numbers are in `benchmarks.json`. All contenders of a row ran in turns, in random',
    'order, in one tab of a headless Chromium without DevTools. **Ratios** are what to rely on: the median over rounds of our',
    "median by the yardstick's, with quartiles. Times are medians.",
    '',
    'The yardstick is what one would write by hand: one IndexedDB transaction that reads a version record and the entry, then',
    '`JSON.parse`; for `fetch` wrapped in a `Response`, for `HttpClient` an interceptor that returns it. Hits from IndexedDB are',
    'of keys that the page reads for the first time, so that no memory layer can answer.',
    '',
    `Chromium ${machine.chromium}, ${machine.cores} cores (${machine.processor}), ${machine.memory}, load ${machine.load.join(' / ')}, ${machine.date}, version ${machine.package}.`,
    '',
    '## Against the yardstick',
    '',
    '| what | ours | yardstick | ratio (quartiles) | bar | |',
    '|---|---:|---:|---:|---:|---|',
  ];
  for (const row of groups.flatMap(({ rows }) => rows)) {
    const { ours, yardstick, ratio, bar, verdict } = cells(row);
    text.push(`| ${row.name} | ${ours} | ${yardstick} | ${ratio} | ${bar} | ${verdict} |`);
  }
  const notes = groups.flatMap(({ rows }) => rows).filter(({ note }) => note);
  if (notes.length) text.push('', ...notes.map(({ name, note }) => `- ${name}: ${note}.`));
  text.push(
    '',
    '## Beside others',
    '',
    'Every contender as its documentation has it, as a page would use it: from the call to the object. What is measured in one',
    'page ran in turns, in random order; first hits, version changes, disk, memory and main thread have an origin for each',
    'contender. Times of the HTTP cache and the network are those of Chromium with a server on the same machine.',
    '',
    'Where others are faster, and why. A thin wrapper reads one record and believes it; this package reads the version and the',
    'entry in one transaction, judges both there, and hands out a `Response` or passes Angular’s `HttpClient`: in a small body that',
    'is to be seen, in a large one it is not. TanStack Query gives the same object again without a call of anything asynchronous.',
    'After a reload there is a module to compile before the first hit.',
    ...comparisons.flatMap(({ tables }) => tables).flatMap(compared),
  );
  const failed = [...groups, ...comparisons].filter(({ error }) => error);
  if (failed.length) text.push('', ...failed.map(({ name, error }) => `- ${name} could not be measured: ${error}`));
  writeFileSync(join(ROOT, 'docs/benchmarks.md'), `${text.join('\n')}\n`);
}

function rounded(_, value) {
  return typeof value === 'number' ? round(value) : value;
}
