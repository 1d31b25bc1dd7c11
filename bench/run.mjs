/**
 * `npm run bench -- [words of a case's name] [--quick]`: the cache beside what one would write by hand, then beside other
 * caches, in one run in a headless Chromium, and at the end the server half. Builds what is missing. Prints tables;
 * without a filter and without `--quick` it also writes `docs/benchmarks.md`, its drawings and `docs/benchmarks.json`.
 * Ends with 1 if a bar was missed or a case could not be measured.
 *
 * `--quick` takes a minute or two and shows that everything runs; its numbers are not to be quoted.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { bootstrap, FOR_BUILD } from '../scripts/bootstrap.mjs';
import { build } from '../scripts/build.mjs';
import { root } from '../scripts/places.mjs';
import { alone } from '../scripts/terminal/alone.mjs';
import { main } from '../scripts/terminal/ending.mjs';
import { step } from '../scripts/terminal/step.mjs';
import { npmPackages } from '../scripts/tools/npm-packages.mjs';
import { cacheFolder } from '../tests/support/paths.mjs';

const { values, positionals } = parseArgs({ options: { quick: { type: 'boolean', default: false } }, allowPositionals: true });
const { quick } = values;
const filter = positionals.join(' ').toLowerCase();

await main(async () => {
  await bootstrap([...FOR_BUILD, 'chromium']);
  await build(['wasm', 'js']);
  await step('Packages to compare with', alone((line) => npmPackages(line, join(root, 'bench/peers'))));
});
// Something to measure with is missing, and what was told.
if (process.exitCode) process.exit();

// These need what was just brought.
const { buildSite } = await import('./build.mjs');
const { CASES } = await import('./cases.mjs');
const { describeMachine } = await import('./machine.mjs');
const { buildPeers } = await import('./peers/build.mjs');
const { COMPARISONS } = await import('./peers/cases.mjs');
const { judge, printRow, printTable, writeDocuments } = await import('./report.mjs');
const { startSession } = await import('./session.mjs');

/** Measured by a program of its own, which writes a report of its own. */
const SERVER = 'the server half';
const matching = (cases, prefix) => Object.entries(cases).filter(([name]) => `${prefix}${name}`.toLowerCase().includes(filter));
const [bars, comparisons] = [matching(CASES, ''), matching(COMPARISONS, 'beside others: ')];
const withServer = SERVER.includes(filter);
if (!bars.length && !comparisons.length && !withServer) {
  const names = [...Object.keys(CASES), ...Object.keys(COMPARISONS).map((name) => `beside others: ${name}`), SERVER];
  console.error(`There is no case called "${filter}"; there are: ${names.join(', ')}.`);
  process.exit(2);
}

const site = cacheFolder('bench', 'site');
if (bars.length || comparisons.length) await buildSite(site);
if (comparisons.length) await buildPeers(site);

/** Measures in a browser and a database of its own; an error is kept. */
async function measured(name, measure) {
  const session = await startSession(site);
  const begin = Date.now();
  try {
    const result = await measure(session);
    console.log(`\n${name} (${Math.round((Date.now() - begin) / 1000)} s)`);
    return { result };
  } catch (error) {
    console.error(`\n${name} COULD NOT BE MEASURED: ${error.message}`);
    return { error: error.message };
  } finally {
    await session.close();
  }
}

const groups = [];
for (const [name, measure] of bars) {
  const { result = [], error } = await measured(name, async (session) => (await measure(session, quick)).map(judge));
  result.forEach(printRow);
  groups.push({ name, rows: result, error });
}
const tables = [];
for (const [name, measure] of comparisons) {
  const { result = [], error } = await measured(`beside others: ${name}`, (session) => measure({ visit: session.visit.bind(session) }, quick));
  result.forEach(printTable);
  tables.push({ name, tables: result, error });
}

if (quick) console.log('\nThis was a quick run: it shows that everything runs; its numbers are not to be quoted.');
else if (!filter) writeDocuments(await describeMachine(), groups, tables);

const unmeasured = [...groups, ...tables].filter(({ error }) => error).map(({ name }) => name);
const missed = quick ? [] : groups.flatMap(({ rows }) => rows).filter(({ verdict }) => verdict === 'missed').map(({ name }) => name);
if (unmeasured.length) console.error(`\nNot measured: ${unmeasured.join('; ')}.`);
if (missed.length) console.error(`\nMissed: ${missed.join('; ')}.`);
// `null` where it was ended from outside.
const server = withServer ? spawnSync(process.execPath, [join(root, 'bench/server/run.mjs'), ...(quick ? ['--quick'] : [])], { stdio: 'inherit' }).status : 0;
process.exit(unmeasured.length || missed.length || server !== 0 ? 1 : 0);
