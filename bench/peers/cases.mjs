/**
 * The comparison. A case answers tables `{ title, unit, columns, rows: { contender: [numbers] }, note?, plot? }`;
 * `plot` names the column that is drawn.
 */

import { median, quantile } from '../numbers.mjs';
import { weigh } from './build.mjs';
import { CONTENDERS } from './contenders.mjs';

const ALL = Object.keys(CONTENDERS);
const named = (is) => ALL.filter((name) => is(CONTENDERS[name]));
const PERSISTENT = named(({ persists }) => persists);
const NEAR = ALL.filter((name) => name !== 'network, 50 ms');
const CACHES = named(({ native }) => !native);

/** Runs `visit` for every round and joins the lists of what each answers. */
async function gather(count, visit) {
  const all = {};
  for (let round = 0; round < count; round++) {
    for (const [name, times] of Object.entries(await visit(round))) (all[name] ??= []).push(...times);
  }
  return all;
}

const spread = (times) => [median(times), quantile(times, 0.95), quantile(times, 0.99)];
const rowsOf = (all, numbers = spread) => Object.fromEntries(Object.entries(all).map(([name, times]) => [name, numbers(times)]));
const SPREAD = ['p50', 'p95', 'p99'];

/** Every name once, in another order each time. */
const inTurn = (names) => [...names].sort(() => Math.random() - 0.5);

export const COMPARISONS = {
  async hits({ visit }, quick) {
    const tables = [];
    for (const [kilobytes, count, rounds] of quick ? [[1, 5, 1], [20, 5, 1]] : [[1, 100, 3], [20, 80, 3], [500, 20, 2]]) {
      await visit('peers', { work: 'fill', names: ALL, sizes: { [kilobytes]: count + 1 } });
      const first = {};
      const repeated = await gather(rounds, async () => {
        const seen = await visit('peers', { work: 'hits', names: ALL, near: NEAR, kilobytes, count, again: quick ? 5 : 40 });
        for (const [name, times] of Object.entries(seen.first)) (first[name] ??= []).push(...times);
        return seen.repeated;
      });
      const note = 'cashew has nothing after a reload: its first column is the network.';
      tables.push({ title: `Warm hit, ${kilobytes} KB, first of its key in a page`, unit: 'ms', columns: SPREAD, rows: rowsOf(first), note, plot: 0 });
      tables.push({ title: `Warm hit, ${kilobytes} KB, again`, unit: 'ms', columns: SPREAD, rows: rowsOf(repeated), plot: 0 });
    }
    return tables;
  },

  async 'first hit after a reload'({ visit }, quick) {
    const names = [...PERSISTENT, 'HTTP cache', 'network, 0 ms', 'network, 50 ms'];
    const at = (name) => CONTENDERS[name].file;
    for (const name of names) {
      await visit('peers', { work: 'fill', names: [name], sizes: { 20: 1 } }, at(name));
      await visit(`cold-${at(name)}`, { kilobytes: 20 }, at(name));
    }
    const all = await gather(quick ? 1 : 10, async () => {
      const seen = {};
      for (const name of inTurn(names)) {
        const load = () => visit(`cold-${at(name)}`, { kilobytes: 20 }, at(name));
        // A reload stays in its process; the first visit after another origin's has to start one.
        await load();
        seen[name] = [(await load()).ms];
      }
      return seen;
    });
    return [{ title: 'First hit after a reload, 20 KB, from the beginning of the navigation', unit: 'ms', columns: SPREAD, rows: rowsOf(all), plot: 0 }];
  },

  async misses({ visit }, quick) {
    const all = await gather(quick ? 1 : 3, (round) => visit('peers', { work: 'misses', names: NEAR, kilobytes: 20, count: quick ? 5 : 60, round }));
    return [{ title: 'Miss and store, 20 KB, until it is delivered', unit: 'ms', columns: SPREAD, rows: rowsOf(all), plot: 0 }];
  },

  async 'a hundred at once'({ visit }, quick) {
    const [at, count] = quick ? [20, 1] : [100, 3];
    await visit('peers', { work: 'fill', names: PERSISTENT, sizes: { 20: at * count } });
    const all = await gather(quick ? 1 : 3, () => visit('peers', { work: 'burst', names: PERSISTENT, kilobytes: 20, at, count }));
    return [{ title: `${at} hits at once, 20 KB`, unit: 'ms', columns: ['p50', 'p95'], rows: rowsOf(all, (times) => spread(times).slice(0, 2)), plot: 0 }];
  },

  async 'version change'({ visit }, quick) {
    const names = named(({ clears }) => clears);
    const sizes = quick ? [100, 500] : [100, 1_000, 10_000, 50_000];
    const [dropped, read] = [{}, {}];
    for (const entries of sizes) {
      for (const name of inTurn(names)) {
        const slow = entries > 10_000 && ['localForage', 'Cache API'].includes(name);
        const seen = slow ? undefined : await visit('peers', { work: 'change', names: [name], entries }, `${CONTENDERS[name].file}-${entries}`);
        (dropped[name] ??= []).push(seen?.dropped[0]);
        (read[name] ??= []).push(seen?.read[0]);
      }
    }
    const columns = sizes.map((entries) => entries.toLocaleString('en'));
    const note = 'once per cell. axios-cache-interceptor clears the same store as idb-keyval does. A blank: filling takes too long.';
    return [
      { title: 'Everything outdated, by entries stored: until the cache says that it holds', unit: 'ms', columns, rows: dropped, note, plot: columns.length - 1 },
      { title: 'The same: the first read afterwards, answered by a network that takes no time', unit: 'ms', columns, rows: read },
    ];
  },

  async 'the main thread'({ visit }, quick) {
    const [rows, count] = [{}, quick ? 20 : 200];
    for (const name of inTurn([...CACHES, 'network, 0 ms'])) {
      const { longest, held } = await visit('peers', { work: 'stores', names: [name], kilobytes: 20, count, runs: quick ? 1 : 5 }, `${CONTENDERS[name].file}-stores`);
      rows[name] = [median(longest), median(held)];
    }
    return [{ title: `${count} stores of 20 KB in a row: the main thread`, unit: 'ms', columns: ['longest stretch', 'stretches over 5 ms, together'], rows, plot: 0 }];
  },

  async 'disk, memory, size'({ visit }, quick) {
    const [disk, memory, size] = [{}, {}, {}];
    for (const name of PERSISTENT) {
      const seen = await visit('peers', { work: 'disk', names: [name], kilobytes: 20, count: quick ? 20 : 200 }, `${CONTENDERS[name].file}-disk`);
      disk[name] = [seen.bytes / 1024];
    }
    const requests = quick ? 200 : 10_000;
    const nothing = (await visit('peers', { work: 'memory', names: ['nothing'], kilobytes: 1, requests }, 'nothing')).bytes;
    for (const name of CACHES) {
      const seen = await visit('peers', { work: 'memory', names: [name], kilobytes: 1, requests }, `${CONTENDERS[name].file}-memory`);
      memory[name] = [(seen.bytes - nothing) / 1024];
    }
    for (const name of CACHES) {
      const bytes = await weigh(CONTENDERS[name]);
      if (bytes !== undefined) size[name] = [bytes / 1000];
    }
    return [
      { title: `Disk after ${quick ? 20 : 200} stores of 20 KB, as the browser accounts it`, unit: 'KiB', columns: ['KiB'], rows: disk, plot: 0 },
      { title: `Memory after ${requests.toLocaleString('en')} requests of 1 000 keys of 1 KB, above that of an empty page`, unit: 'KiB', columns: ['KiB'], rows: memory, plot: 0 },
      { title: 'What a page loads, without Angular and rxjs, brotli', unit: 'KB', columns: ['KB'], rows: size, plot: 0 },
    ];
  },
};
