/**
 * Stores in a row: how long the main thread is held at a stretch. A message channel comes round again and again; the
 * longest time between two of its rounds is at least the longest task, and is what we report.
 */

import { openClient } from './client.js';
import { idle, page, until } from './page.js';

await page(async ({ kilobytes, count, runs, round, cached }) => {
  const client = cached ? await openClient() : undefined;
  const get = client ? (url) => client.fetch(url) : (url) => fetch(url);
  const longest = [];
  for (let run = 0; run < runs; run++) {
    await idle();
    const before = client?.stats().stores ?? 0;
    const gaps = watchGaps();
    for (let number = 0; number < count; number++) {
      await (await get(`/api/${kilobytes}/${round * 1_000_000 + run * 10_000 + number}`)).json();
    }
    if (client) await until(() => client.stats().stores >= before + count, 'everything stored');
    longest.push(gaps.end());
  }
  return { longest };
});

function watchGaps() {
  const { port1, port2 } = new MessageChannel();
  let [longest, last] = [0, performance.now()];
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    port2.postMessage(0);
  };
  port2.postMessage(0);
  return {
    end() {
      port1.close();
      return longest;
    },
  };
}
