/**
 * `npm run test:races`: every race with this package and with its peers, as a table. A bad cell of ours is a failure; what
 * becomes of the peers is only told. Names of subjects choose among them: `npm run test:races -- Workbox`. Builds and installs
 * what is missing, unless `--built` says that it is there.
 */

import { FOR_BUILD, bootstrap } from '../../scripts/bootstrap.mjs';
import { build } from '../../scripts/build.mjs';
import { Stop, main } from '../../scripts/terminal/ending.mjs';
import { step } from '../../scripts/terminal/step.mjs';
import { racePeers } from '../../scripts/tools/npm-packages.mjs';
import { OURS, THEIRS } from './names.mjs';

/** The subjects named, all where none is. */
function chosen(words) {
  const all = [OURS, ...THEIRS];
  const unknown = words.find((word) => !all.some(({ name }) => name.includes(word)));
  if (unknown !== undefined) throw new Stop(`Nobody called "${unknown}" plays; there are: ${all.map(({ name }) => name).join(', ')}.`);
  return all.filter(({ name }) => !words.length || words.some((word) => name.includes(word)));
}

await main(async () => {
  const words = process.argv.slice(2);
  const subjects = chosen(words.filter((word) => word !== '--built'));
  if (!words.includes('--built')) {
    await bootstrap([...FOR_BUILD, 'chromium']);
    await build(['wasm', 'js']);
    await step('npm packages of the peers', racePeers);
  }
  // After the bootstrap: these need its packages.
  const { openBrowser } = await import('../support/browser.mjs');
  const { CELLS } = await import('./cells.mjs');
  const { match } = await import('./match.mjs');
  const { VERDICTS } = await import('./play.mjs');
  const { buildPeers } = await import('./subjects.mjs');
  const folder = await buildPeers();
  const rows = CELLS.flatMap((cell) => cell.tabs.map((count) => ({ cell, count, name: `${cell.name}, ${count}`, verdicts: new Map() })));

  for (const subject of subjects) {
    // A profile of its own for each.
    const browser = await openBrowser({ backForward: true });
    try {
      for (const row of rows) {
        const [verdict, words] = await match(browser, subject, row.cell, row.count, folder);
        row.verdicts.set(subject, verdict);
        if (verdict !== 'right') console.error(`${subject.name}: ${row.name}: ${verdict} (${words})`);
      }
    } finally {
      await browser.close();
    }
  }

  const columns = subjects.map(({ name }) => Math.max(name.length, 14));
  const first = Math.max(...rows.map(({ name }) => name.length), 'race, number of tabs'.length);
  const line = (name, cells) => [name.padEnd(first), ...cells.map((cell, at) => String(cell).padEnd(columns[at]))].join('  ').trimEnd();
  console.log(line('race, number of tabs', subjects.map(({ name }) => name)));
  for (const { name, verdicts } of rows) {
    console.log(line(name, subjects.map((subject) => (verdicts.get(subject) === 'right' ? '.' : verdicts.get(subject)))));
  }
  console.log('');
  const count = (subject, verdict) => rows.filter(({ verdicts }) => verdicts.get(subject) === verdict).length;
  for (const verdict of VERDICTS) console.log(line(`served ${verdict}`.replace('served failed', 'failed'), subjects.map((subject) => count(subject, verdict))));
  if (subjects.includes(OURS)) {
    const right = count(OURS, 'right');
    console.log(`\n${OURS.name}: ${right} right, ${rows.length - right} not`);
    return right === rows.length ? 0 : 1;
  }
  return 0;
});
