/**
 * What is measured. A case visits pages and answers rows
 * `{ name, ours, yardstick, ratio, bar, unit, samples, note? }`; times are medians in ms. `bar` is the most that `ratio`
 * (or, where there is no yardstick, `ours`) may be; without a bar a row is there for information.
 */

import { median, quantile } from './numbers.mjs';

/** Shuffles in place and answers it. */
function shuffle(all) {
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

/** Several rounds of `{ contender: times }`: medians of all, and the median of the rounds' ratios. */
function compare(name, rounds, { ours = 'hybrid', against = 'byHand', ...rest }) {
  const all = (who) => rounds.flatMap((round) => round[who]);
  const ratios = rounds.map((round) => median(round[ours]) / median(round[against]));
  return {
    name,
    ours: median(all(ours)),
    yardstick: median(all(against)),
    ratio: median(ratios),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    p95: [quantile(all(ours), 0.95), quantile(all(against), 0.95)],
    samples: all(ours).length,
    unit: 'ms',
    ...rest,
  };
}

async function rounds(session, count, page, parameters) {
  const all = [];
  for (let round = 0; round < count; round++) all.push(await session.visit(page, { ...parameters, round }));
  return all;
}

const SIZES = { 1: 400, 20: 300, 500: 50 };

/** `quick`: enough to see that everything runs, too little to quote. */
export const CASES = {
  async 'hits from IndexedDB'(session, quick) {
    const scale = quick ? 10 : 1;
    const rows = [];
    for (const [api, angular] of [['fetch', false], ['HttpClient', true]]) {
      for (const [kilobytes, most] of Object.entries(SIZES)) {
        const count = Math.ceil(most / scale);
        await session.visit('fill', { sizes: { [kilobytes]: count + 1 }, angular });
        const page = angular ? 'hit-angular' : 'hit-fetch';
        const measured = await rounds(session, quick ? 1 : 5, page, { kilobytes, count });
        rows.push(compare(`hit from IndexedDB, ${kilobytes} KB, ${api}`, measured, { bar: 1.25 }));
      }
    }
    return rows;
  },

  async 'hits from memory'(session, quick) {
    const [kilobytes, keys, count] = [20, 20, quick ? 10 : 300];
    const rows = [];
    for (const [api, kind, bar] of [['fetch', 'fetch', 0.3], ['HttpClient, copy', 'copy', 0.3], ['HttpClient, frozen', 'frozen', 0.03]]) {
      // What was stored for the one kind of HttpClient body serves the other.
      if (kind !== 'frozen') await session.visit('fill', { sizes: { [kilobytes]: keys }, angular: kind !== 'fetch' });
      const measured = await rounds(session, quick ? 1 : 5, 'memory', { kilobytes, keys, count, kind });
      rows.push(compare(`hit from memory, ${kilobytes} KB, ${api}`, measured, { bar }));
      if (kind === 'frozen') rows.push(compare('for scale: HttpClient and an interceptor with one answer for everything', measured, { ours: 'constant' }));
    }
    return rows;
  },

  async 'first hit after a reload'(session, quick) {
    const kilobytes = 20;
    await session.visit('fill', { sizes: { [kilobytes]: 1 } });
    const measured = { byHand: [], hybrid: [], file: [] };
    for (let round = 0; round < (quick ? 2 : 30); round++) {
      for (const who of shuffle(['byHand', 'hybrid', 'file'])) {
        const wasmUrl = who === 'file' ? '/hybrid_cache_bg.wasm' : undefined;
        const { ms } = await session.visit(who === 'byHand' ? 'cold-hand' : 'cold-hybrid', { kilobytes, wasmUrl });
        measured[who].push(ms);
      }
    }
    // The first visit of each fills the browser's own caches of code.
    const pairs = measured.byHand.slice(1).map((ms, i) => ({ byHand: [ms], hybrid: [measured.hybrid[i + 1]], file: [measured.file[i + 1]] }));
    return [
      compare(`first hit after a reload, ${kilobytes} KB, navigation and opening included`, pairs, { bar: 1.3 }),
      compare(`the same, with wasmUrl`, pairs, { ours: 'file' }),
    ];
  },

  async 'change of version'(session, quick) {
    const [few, many] = quick ? [100, 1_000] : [100, 10_000];
    const measured = { few: [], many: [] };
    for (let round = 0; round < (quick ? 1 : 5); round++) {
      for (const who of shuffle(['few', 'many'])) {
        measured[who].push(await session.visit('change', { entries: who === 'few' ? few : many, repeats: who === 'few' ? 5 : 1, size: 900 }));
      }
    }
    const times = (who, what) => measured[who].flatMap((one) => one[what]);
    const row = (name, what, rest) => ({
      name,
      ours: median(times('many', what)),
      yardstick: median(times('few', what)),
      ratio: median(times('many', what)) / median(times('few', what)),
      samples: times('many', what).length,
      unit: 'ms',
      ...rest,
    });
    return [
      row(`version change, ${many} entries beside ${few}: until nothing older can be served`, 'committed', { bar: 2 }),
      row('the same: until the response is delivered', 'delivered', {}),
      row('the first read of what was stored before, answered by the network', 'read', {}),
      row('for scale: one small lasting write by hand', 'byHand', {}),
    ];
  },

  async 'reading during the sweep'(session, quick) {
    const measured = await rounds(session, quick ? 1 : 3, 'sweep', { dead: quick ? 2_000 : 10_000, live: 100, reads: quick ? 50 : 600 });
    const all = (what) => measured.flatMap((one) => one[what]);
    const row = (name, q, rest) => ({
      name,
      ours: quantile(all('during'), q),
      yardstick: quantile(all('quiet'), q),
      ratio: median(measured.map((one) => quantile(one.during, q) / quantile(one.quiet, q))),
      samples: all('during').length,
      unit: 'ms',
      note: `entries left to sweep when reading began and ended: ${measured.map((one) => `${one.left} and ${one.afterwards}`).join(', ')}`,
      ...rest,
    });
    return [
      row('hit from IndexedDB during a sweep beside without: p95', 0.95, { bar: 3 }),
      row('the same: median', 0.5, {}),
    ];
  },

  async 'delivered misses'(session, quick) {
    const rows = [];
    for (const kilobytes of [1, 20]) {
      const measured = await rounds(session, quick ? 1 : 5, 'miss', { kilobytes, count: quick ? 10 : 100 });
      rows.push(compare(`delivered miss, ${kilobytes} KB, HttpClient`, measured, { bar: 1.1 }));
      rows.push(compare(`the same, beside an interceptor that only passes on`, measured, { against: 'passing' }));
    }
    return rows;
  },

  async 'stores in a row'(session, quick) {
    const [kilobytes, count, runs] = [20, 200, quick ? 2 : 10];
    const longest = { with: [], without: [] };
    for (const who of shuffle(['with', 'without'])) {
      const measured = await session.visit('stores', { kilobytes, count, runs, round: 7, cached: who === 'with' });
      longest[who].push(...measured.longest);
    }
    const row = {
      name: `${count} stores of ${kilobytes} KB in a row: longest stretch of the main thread`,
      ours: median(longest.with),
      yardstick: median(longest.without),
      samples: runs,
      unit: 'ms',
      barOnOurs: 20,
      note: 'the other number is the same page without a cache',
    };
    return [{ ...row, ratio: row.ours / row.yardstick }];
  },

  async 'a hundred at once'(session, quick) {
    const rows = [];
    for (const kilobytes of [1, 20]) {
      const [at, count] = [quick ? 20 : 100, quick ? 1 : 4];
      await session.visit('fill', { sizes: { [kilobytes]: at * count } });
      const measured = await rounds(session, quick ? 1 : 5, 'burst', { kilobytes, count, at });
      rows.push(compare(`${at} hits from IndexedDB at once, ${kilobytes} KB, fetch`, measured, {}));
    }
    return rows;
  },

  async 'encryption at rest'(session, quick) {
    const WHAT = { hit: 'hit from IndexedDB', memory: 'hit from memory', store: 'from the call until it is stored' };
    const rows = [];
    for (const [kilobytes, most] of Object.entries(SIZES)) {
      const count = Math.ceil(most / (quick ? 10 : 4));
      await session.visit('sealed', { what: 'fill', kilobytes, count });
      for (const [what, name] of Object.entries(WHAT)) {
        // Nothing is opened in memory, whatever its size.
        if (what === 'memory' && kilobytes !== '20') continue;
        const measured = await rounds(session, quick ? 1 : 5, 'sealed', { what, kilobytes, count });
        const row = compare(`encryptAtRest beside plain: ${name}, ${kilobytes} KB, fetch`, measured, { ours: 'sealed', against: 'plain' });
        const perKilobyte = (1_000 * (row.ours - row.yardstick)) / Number(kilobytes);
        // In a small body the cost of a KB is not to be told from that of any body.
        rows.push({ ...row, ...(Number(kilobytes) >= 500 && { note: `${perKilobyte.toFixed(1)} µs more per KB` }) });
      }
    }
    return rows;
  },
};
