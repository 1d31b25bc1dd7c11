/** The table, on the terminal and as a document. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../tests/support/paths.mjs';
import { round } from './numbers.mjs';

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

/** Writes `docs/benchmarks.md` and `docs/benchmarks.json`. */
export function writeDocuments(machine, groups) {
  writeFileSync(join(ROOT, 'docs/benchmarks.json'), `${JSON.stringify({ machine, groups }, rounded, 1)}\n`);
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
    '| what | ours | yardstick | ratio (quartiles) | bar | |',
    '|---|---:|---:|---:|---:|---|',
  ];
  for (const row of groups.flatMap(({ rows }) => rows)) {
    const { ours, yardstick, ratio, bar, verdict } = cells(row);
    text.push(`| ${row.name} | ${ours} | ${yardstick} | ${ratio} | ${bar} | ${verdict} |`);
  }
  const notes = groups.flatMap(({ rows }) => rows).filter(({ note }) => note);
  if (notes.length) text.push('', ...notes.map(({ name, note }) => `- ${name}: ${note}.`));
  const failed = groups.filter(({ error }) => error);
  if (failed.length) text.push('', ...failed.map(({ name, error }) => `- ${name} could not be measured: ${error}`));
  writeFileSync(join(ROOT, 'docs/benchmarks.md'), `${text.join('\n')}\n`);
}

function rounded(_, value) {
  return typeof value === 'number' ? round(value) : value;
}
