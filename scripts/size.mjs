/**
 * `npm run size`, also the end of every build: raw, gzip -9 and brotli 11 size of everything the package makes a page
 * load, and of what it loads only on demand. Fails where the budget in `size-budget.mjs` is exceeded, or the README says
 * something else; `npm run size -- --write` has it say what was measured.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './places.mjs';
import { BUDGET, ENTRIES, FILE, TEXT } from './size-budget.mjs';
import { Stop, isStarted, main } from './terminal/ending.mjs';

const WHEN = { eager: 'in the application’s own bundle', soon: 'loaded by itself, without delaying the page', 'on demand': 'loaded when somebody looks' };

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

function row(title, weight) {
  console.log(`  ${title.padEnd(46).slice(0, 46)}${[weight.raw, weight.gzip, weight.brotli].map((bytes) => String(bytes).padStart(9)).join('')}`);
}

/** Prints the table of one entry. */
function table({ name, chunks, eager, asText, asFile }, file) {
  console.log(`\n${name}`.padEnd(49) + ['raw', 'gzip', 'brotli'].map((word) => word.padStart(9)).join(''));
  for (const [when, meaning] of Object.entries(WHEN)) {
    const now = chunks.filter((chunk) => chunk.when === when);
    if (now.length) console.log(`  ${meaning}:`);
    for (const { source, weight } of now) row(`  ${source}`, weight);
    if (when === 'soon') row(`  or, with wasmUrl, ${FILE}`, file);
  }
  row('eager part', eager);
  row('everything a page must load, module as text', asText);
  row('everything a page must load, with wasmUrl', asFile);
}

/** Prints one judgement; returns the sentence of a failure. */
function judge(what, bytes, limit) {
  const within = bytes <= limit * 1000;
  console.log(`${within ? 'within budget' : 'OVER BUDGET'}: ${what}, ${kilobytes(bytes)} KB brotli of at most ${limit}`);
  return within ? [] : [`${what} weighs ${kilobytes(bytes)} KB brotli and may weigh ${limit}`];
}

/** The table in the README, between its two marks. */
const README = join(root, 'README.md');
const MARKED = /(<!-- npm run size -- --write -->\n)[^]*?(<!-- \/size -->)/;

function readmeTable(entries) {
  const rows = entries.map(({ name, eager, asText, asFile }) => `| \`${name}\` | ${[eager, asText, asFile].map(({ brotli }) => kilobytes(brotli)).join(' | ')} |`);
  return `| brotli, KB | in the application's own bundle | all that a page loads | the same with \`wasmUrl\` |\n|---|---:|---:|---:|\n${rows.join('\n')}\n`;
}

/** Does the README still say what was measured, to a tenth of a kilobyte? The sentence of a failure if not. */
function compareReadme(entries) {
  const said = readFileSync(README, 'utf8').match(MARKED)?.[0] ?? '';
  const numbers = (text) => [...text.matchAll(/\d+\.\d/g)].map(Number);
  const [old, now] = [numbers(said), numbers(readmeTable(entries))];
  const same = old.length === now.length && now.every((number, at) => Math.abs(number - old[at]) < 0.25);
  console.log(`${same ? 'within budget' : 'OVER BUDGET'}: the sizes in README.md are ${same ? 'the measured ones' : 'out of date'}`);
  return same ? [] : ['the sizes in README.md are out of date: run `npm run size -- --write`'];
}

/** Prints the report; throws the sentence if something is over budget. With `write` the README's table is made anew. */
export async function size({ write = false } = {}) {
  const missing = [...Object.values(ENTRIES), TEXT, FILE].find((path) => !existsSync(join(root, path)));
  if (missing) throw new Stop(`${missing} is not there to be measured: run \`npm run build\` first.`);
  const { measure } = await import('./build/measure.mjs');
  const { file, entries, angular } = await measure();
  console.log('\nSizes in bytes; every file compressed by itself, as it travels.');
  for (const entry of entries) table(entry, file);
  console.log('');
  const over = entries.flatMap(({ name, eager, asText, asFile }) => [
    ...judge(`the eager part of ${name}`, eager.brotli, BUDGET.eager),
    ...judge(`everything ${name} loads, module as text`, asText.brotli, BUDGET.everything),
    ...judge(`everything ${name} loads, with wasmUrl`, asFile.brotli, BUDGET.everything),
  ]);
  over.push(...judge('the Angular layer', angular.brotli, BUDGET.angular));
  if (write) writeFileSync(README, readFileSync(README, 'utf8').replace(MARKED, (_, before, after) => before + readmeTable(entries) + after));
  over.push(...compareReadme(entries));
  if (over.length) throw new Stop(`The size budget (scripts/size-budget.mjs) is exceeded: ${over.join('; ')}.`);
}

if (isStarted(import.meta.url)) await main(() => size({ write: process.argv.includes('--write') }));
