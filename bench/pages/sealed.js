/**
 * A client that seals what it keeps beside one that does not, in one page and one database. `what`: `fill` stores the
 * same bodies with both, `hit` reads each once in the life of this page, `memory` reads them again and again, `store`
 * counts from the call until the body is on record.
 */

import { encryption } from 'hybrid-cache/encryption';

import { counter, getJson, openClient } from './client.js';
import { check, interleave, page, until } from './page.js';

/** Hits from memory are shorter than the clock can tell well: each sample is the mean of so many. */
const IN_A_ROW = 10;

await page(async ({ what, kilobytes, count, round = 0 }) => {
  const clients = {
    plain: await openClient(),
    sealed: await openClient({ encryptAtRest: encryption(() => 'the secret of this benchmark') }),
  };
  const url = (number) => `/api/${kilobytes}/${number}`;
  const each = (make) => Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, make(client)]));
  const counts = each(counter);
  const came = (where) => {
    for (const [name, counted] of Object.entries(counts)) {
      const seen = counted();
      const all = seen.indexeddb + seen.memory + seen.network;
      // While memory answers, the state is read again every second (S1b); such a read may answer from IndexedDB.
      check(!seen.network && seen[where] >= (where === 'memory' ? 0.8 : 1) * all, `${name}: all from ${where}, not ${JSON.stringify(seen)}`);
    }
  };
  const stored = (client, number) => until(() => client.stats().stores >= number, `${number} stored`);

  if (what === 'fill') {
    for (const client of Object.values(clients)) {
      for (let number = 0; number <= count; number++) await getJson(client, url(number));
      await stored(client, count + 1);
    }
    return undefined;
  }
  if (what === 'store') {
    const fresh = (number) => url(10_000 * (round + 1) + number);
    return interleave(each((client) => (number) => new Promise((done, fail) => {
      const stop = client.on(({ type, url }) => {
        if (type !== 'store' || !url.endsWith(fresh(number))) return;
        stop();
        done();
      });
      getJson(client, fresh(number)).catch(fail);
    })), count);
  }
  // The first of each makes the way warm.
  for (const client of Object.values(clients)) await getJson(client, url(count));
  came('indexeddb');
  if (what === 'hit') {
    const times = await interleave(each((client) => (number) => getJson(client, url(number))), count);
    came('indexeddb');
    return times;
  }
  const keys = Math.min(count, 10);
  for (const client of Object.values(clients)) for (let number = 0; number < keys; number++) await getJson(client, url(number));
  came('indexeddb');
  const row = (client) => async (number) => {
    for (let i = 0; i < IN_A_ROW; i++) await getJson(client, url((number + i) % keys));
  };
  const times = await interleave(each(row), count);
  came('memory');
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, all.map((ms) => ms / IN_A_ROW)]));
});
