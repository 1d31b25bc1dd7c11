/**
 * `npm run bench -- [words of a case's name] [--quick]`: the cache beside what one would write by hand, side by side in
 * one run in a headless Chromium. Prints a table; without a filter and without `--quick` it also writes
 * `docs/benchmarks.md` and `docs/benchmarks.json`. Ends with 1 if a bar was missed.
 */

import { parseArgs } from 'node:util';

import { cacheFolder } from '../tests/support/paths.mjs';
import { buildSite } from './build.mjs';
import { CASES } from './cases.mjs';
import { describeMachine } from './machine.mjs';
import { judge, printRow, writeDocuments } from './report.mjs';
import { startSession } from './session.mjs';

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean', default: false } }, allowPositionals: true });
const filter = positionals.join(' ').toLowerCase();
const chosen = Object.entries(CASES).filter(([name]) => name.toLowerCase().includes(filter));
if (!chosen.length) {
  console.error(`There is no case called "${filter}"; there are: ${Object.keys(CASES).join(', ')}.`);
  process.exit(2);
}

const site = cacheFolder('bench', 'site');
await buildSite(site);
const groups = [];
for (const [name, measure] of chosen) {
  // Each case has a browser and a database of its own.
  const session = await startSession(site);
  try {
    const begin = Date.now();
    const rows = (await measure(session, values.quick)).map(judge);
    console.log(`\n${name} (${Math.round((Date.now() - begin) / 1000)} s)`);
    for (const row of rows) printRow(row);
    groups.push({ name, rows });
  } catch (error) {
    console.error(`\n${name}: ${error.message}`);
    groups.push({ name, rows: [], error: error.message });
  } finally {
    await session.close();
  }
}

if (values.quick) console.log('\nThis was a quick run: it shows that everything runs; its numbers are not to be quoted.');
else if (!filter) writeDocuments(await describeMachine(), groups);

const failed = groups.some(({ error, rows }) => error || (!values.quick && rows.some(({ verdict }) => verdict === 'missed')));
process.exit(failed ? 1 : 0);
