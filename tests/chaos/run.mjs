/** A run of chaos: operations from a seed until the time is over or the observer has seen what must not be. */

import { BACK_ENDS } from './back-ends.mjs';
import { BROKEN } from './broken.mjs';
import { Observer } from './observer.mjs';
import { choose } from './operations.mjs';
import { randomOf } from './random.mjs';
import { World } from './world.mjs';

/** After so long all faults end for a moment, and every tab must come to rest (I4), ms. */
const CALM_EVERY = 60_000;

/** How much of the trace is told, operations. */
const TOLD = 60;

/**
 * Runs for so many `minutes`, or `steps` operations where they are given. `broken`: a name in ./broken.mjs.
 * Answers `{ seed, backEnd, operations, faults, thawed, returned, answers, hits, decided, violations, trace }`.
 */
export async function chaos({ minutes = 1, steps = Infinity, seed, backEnd = 'leveldb', broken }) {
  const observer = new Observer();
  const random = randomOf(seed);
  const breach = BROKEN[broken];
  const world = new World(observer, BACK_ENDS[backEnd], breach);
  const trace = [];
  const end = Date.now() + minutes * 60_000;
  let calm = Date.now() + CALM_EVERY;
  try {
    await world.open();
    for (let step = 1; step <= steps && Date.now() < end && !observer.violations.length; step++) {
      observer.step = step;
      const operation = breach?.script ? breach.script[Math.min(step, breach.script.length) - 1] : choose(random, breach?.kinds);
      trace.push(`${step} ${JSON.stringify(operation)}`);
      await world.perform(operation);
      if (Date.now() > calm) {
        await world.calm();
        calm = Date.now() + CALM_EVERY;
      }
    }
    if (!observer.violations.length) await world.calm();
  } finally {
    await world.close();
  }
  const { operations, faults, thawed, returned } = world;
  const { answers, hits, decided, violations } = observer;
  return { seed, backEnd, operations, faults, thawed, returned, answers, hits, decided, violations, trace };
}

/** What a run came to, in words: one line, or with violations how to see them again. */
export function told({ seed, backEnd, operations, faults, thawed, returned, answers, hits, decided, violations, trace }) {
  const sum = [
    `chaos on ${backEnd}, seed ${seed}: ${operations} operations, ${faults} faults, ${answers} answers, ${hits} hits`,
    `caching switched off (R9) ${decided.R9} times, a user in doubt (R11) ${decided.R11}; ${thawed} tabs thawed, ${returned} back from the back/forward cache`,
    `${violations.length} violations`,
  ].join('; ');
  if (!violations.length) return sum;
  return [
    ...trace.slice(-TOLD),
    ...violations.map(({ rule, step, words }) => `violation of ${rule} at step ${step}: ${words}`),
    sum,
    `again: npm run chaos -- --seed ${seed} --steps ${operations} --backend ${backEnd}`,
  ].join('\n');
}
