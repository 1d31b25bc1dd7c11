/** The pages of the comparison. Each takes contenders, opened or to be opened, and reports times in ms. */

import { check, interleave, page, shuffled, time, until } from '../../pages/page.js';
import { play } from '../../pages/played.js';

/** Keys that are read again and again. */
const KEYS = 5;

const url = (kilobytes, number) => `/api/${kilobytes}/${number}`;

/** Opens contenders by name; `modules` maps names to loaders. */
async function openAll(modules, names) {
  const opened = {};
  for (const name of names) opened[name] = await (await modules[name]()).open();
  return opened;
}

/** What each page does, by its name; `open(names)` brings contenders. */
const WORK = {
  /** Puts `count` responses of each size into every contender's store. */
  async fill(open, { names, sizes }) {
    const all = await open(names);
    for (const [kilobytes, count] of Object.entries(sizes)) {
      for (let number = 0; number < count; number++) {
        for (const name of names) await all[name].get(url(kilobytes, number));
      }
    }
    const expected = Object.values(sizes).reduce((sum, count) => sum + count, 0);
    for (const name of names) if (all[name].stored) await until(() => all[name].stored() >= expected, `${name} stored everything`);
    await new Promise((go) => setTimeout(go, 500));
  },

  /** Hits: `first`, of keys this page has not read; `repeated`, of five it has, in a row, as one is too short for the clock. */
  async hits(open, { names, near, kilobytes, count, again }) {
    const all = await open(names);
    const gets = Object.fromEntries(names.map((name) => [name, all[name].get]));
    const bodies = [];
    for (const name of names) bodies.push(JSON.stringify(await gets[name](url(kilobytes, count))));
    check(new Set(bodies).size === 1, 'all give the same');
    const asked = (number) => Object.fromEntries(names.map((name) => [name, () => gets[name](url(kilobytes, number))]));
    const first = Object.fromEntries(names.map((name) => [name, []]));
    const repeated = Object.fromEntries(near.map((name) => [name, []]));
    for (const number of shuffled(count)) {
      for (const i of shuffled(names.length)) first[names[i]].push(await time(asked(number)[names[i]]));
    }
    for (let round = 0; round < again; round++) {
      for (const i of shuffled(near.length)) {
        const row = async () => {
          for (let number = 0; number < KEYS; number++) await gets[near[i]](url(kilobytes, number));
        };
        repeated[near[i]].push((await time(row)) / KEYS);
      }
    }
    return { first, repeated };
  },

  /** A hundred at once, of keys this page has not read. */
  async burst(open, { names, kilobytes, at, count }) {
    const all = await open(names);
    const batch = (name) => (number) => Promise.all(Array.from({ length: at }, (_, i) => all[name].get(url(kilobytes, number * at + i))));
    return interleave(Object.fromEntries(names.map((name) => [name, batch(name)])), count);
  },

  /** Misses, from the call to the delivered object. */
  async misses(open, { names, kilobytes, count, round }) {
    const all = await open(names);
    const get = (name) => (number) => all[name].get(url(kilobytes, (round + 1) * 1_000_000 + number));
    for (const name of names) await get(name)(999_999);
    return interleave(Object.fromEntries(names.map((name) => [name, get(name)])), count);
  },

  /** Stores in a row: the longest stretch of the main thread, and all stretches over 5 ms together. */
  async stores(open, { names: [name], kilobytes, count, runs }) {
    const contender = (await open([name]))[name];
    const [longest, held] = [[], []];
    for (let run = 0; run < runs; run++) {
      const before = contender.stored?.() ?? 0;
      const gaps = watchGaps();
      for (let number = 0; number < count; number++) await contender.get(url(kilobytes, 2_000_000 + run * 10_000 + number));
      if (contender.stored) await until(() => contender.stored() >= before + count, 'everything stored');
      else await new Promise((go) => setTimeout(go, 100));
      const seen = gaps.end();
      longest.push(seen.longest);
      held.push(seen.held);
    }
    return { longest, held };
  },

  /** Everything stored becomes outdated: until a read that begins afterwards is answered. */
  async change(open, { names: [name], entries }) {
    const server = play(900, '/api/');
    const contender = (await open([name]))[name];
    const body = { padding: 'x'.repeat(900) };
    const all = Array.from({ length: entries }, (_, number) => [url(1, number), body]);
    for (let i = 0; i < all.length; i += 1_000) await contender.fill(all.slice(i, i + 1_000));
    check(await contender.get(url(1, 3_000_000)), 'it works');
    // The disk is to be done with what was filled.
    await new Promise((go) => setTimeout(go, 3_000));
    server.change();
    const dropped = await time(() => contender.drop());
    const read = await time(() => contender.get(url(1, 0)));
    return { dropped: [dropped], read: [read] };
  },

  /** Bytes the browser accounts to this origin after some stores. */
  async disk(open, { names: [name], kilobytes, count }) {
    const before = (await navigator.storage.estimate()).usage;
    const contender = (await open([name]))[name];
    for (let number = 0; number < count; number++) await contender.get(url(kilobytes, number));
    if (contender.stored) await until(() => contender.stored() >= count, 'everything stored');
    await new Promise((go) => setTimeout(go, 1_500));
    return { bytes: (await navigator.storage.estimate()).usage - before };
  },

  /** Memory of the page after many requests of a thousand keys. */
  async memory(open, { names: [name], kilobytes, requests }) {
    const contender = name === 'nothing' ? undefined : (await open([name]))[name];
    for (let i = 0; contender && i < requests; i++) await contender.get(url(kilobytes, i % 1_000));
    const measured = performance.measureUserAgentSpecificMemory();
    globalThis.gc?.();
    return { bytes: (await measured).bytes };
  },
};

function watchGaps() {
  const { port1, port2 } = new MessageChannel();
  let [longest, held, last] = [0, 0, performance.now()];
  port1.onmessage = () => {
    const now = performance.now();
    const gap = now - last;
    longest = Math.max(longest, gap);
    if (gap > 5) held += gap;
    last = now;
    port2.postMessage(0);
  };
  port2.postMessage(0);
  return {
    end() {
      port1.close();
      return { longest, held };
    },
  };
}

/** Runs what the page's parameters name, with the contenders of `modules`. */
export const measure = (modules) => page(({ work, ...parameters }) => WORK[work]((names) => openAll(modules, names), parameters));

/** The first hit of a page that was just loaded, from the beginning of the navigation. */
export const cold = ({ open }) =>
  page(async ({ kilobytes }) => {
    const contender = await open();
    const body = await contender.get(url(kilobytes, 0));
    check(body.invoices, 'the body is there');
    return { ms: performance.now() };
  });
