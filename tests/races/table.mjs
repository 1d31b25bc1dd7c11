/**
 * `npm run test:races`: every race with this package and with its peers, as a table. A bad cell of ours is a failure; what
 * becomes of the peers is only told. Names of subjects choose among them: `npm run test:races -- Workbox`.
 */

import { openBrowser } from '../support/browser.mjs';
import { CELLS } from './cells.mjs';
import { match } from './match.mjs';
import { VERDICTS } from './play.mjs';
import { OURS, THEIRS, buildPeers } from './subjects.mjs';

const asked = process.argv.slice(2);
const subjects = [OURS, ...THEIRS].filter(({ name }) => !asked.length || asked.some((word) => name.includes(word)));
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
  process.exitCode = right === rows.length ? 0 : 1;
}
