/** The frame of every page: its parameters, its report, and the way to the next. */

/** Runs `work` with the page's parameters, reports what it answers or throws, and goes where it is told. */
export async function page(work) {
  let report;
  try {
    const given = location.search.slice(1);
    report = { result: (await work(given ? JSON.parse(decodeURIComponent(given)) : {})) ?? null };
  } catch (error) {
    report = { error: String(error?.stack ?? error) };
  }
  const next = await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
  location.replace(await next.text());
}

/** The numbers from 0, in random order. */
export function shuffled(count) {
  const all = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

/** How long one call takes, ms. */
export async function time(call) {
  const begin = performance.now();
  await call();
  return performance.now() - begin;
}

/**
 * Calls every contender once per number below `count`, in random order each time. Answers the times by name.
 * A contender is a function of that number.
 */
export async function interleave(contenders, count) {
  const names = Object.keys(contenders);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const number of shuffled(count)) {
    for (const i of shuffled(names.length)) {
      const name = names[i];
      times[name].push(await time(() => contenders[name](number)));
    }
  }
  return times;
}

/** Waits until `ready` answers true; an error after a minute. */
export async function until(ready, what) {
  const end = performance.now() + 60_000;
  while (!(await ready())) {
    if (performance.now() > end) throw new Error(`not within a minute: ${what}`);
    await new Promise((go) => setTimeout(go, 20));
  }
}

/** Resolves in a later task, when nothing urgent waits. */
export function idle() {
  return new Promise((go) => requestIdleCallback(go, { timeout: 1_000 }));
}

/** An error unless `value` is what the caller relies on. */
export function check(value, what) {
  if (!value) throw new Error(`the measurement is not what it says: ${what}`);
}
