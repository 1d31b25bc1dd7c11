/**
 * `npm run chaos -- --minutes N --seed S`: see ./run.mjs. Without a seed a new one is taken and told. `--backend leveldb` or
 * `sqlite`; by default both, one after the other, each for so many minutes. `--steps N` ends after so many operations.
 * Builds what is missing.
 */

import { parseArgs } from 'node:util';

import { FOR_BUILD, bootstrap } from '../../scripts/bootstrap.mjs';
import { build } from '../../scripts/build.mjs';
import { Stop, main } from '../../scripts/terminal/ending.mjs';
import { BACK_ENDS } from './back-ends.mjs';

const text = { type: 'string' };

/** What was asked for, checked before anything is built. */
function asked() {
  let values;
  try {
    ({ values } = parseArgs({ options: { minutes: text, seed: text, steps: text, backend: text, broken: text } }));
  } catch (error) {
    throw new Stop(`${error.message}. npm run chaos takes --minutes N, --seed S, --steps N and --backend ${Object.keys(BACK_ENDS).join('|')}.`);
  }
  const number = (name, otherwise) => {
    const given = values[name] === undefined ? otherwise : Number(values[name]);
    if (!(given > 0)) throw new Stop(`--${name} is "${values[name]}" and must be a number above 0: for example \`npm run chaos -- --${name} 5\`.`);
    return given;
  };
  const { backend, broken } = values;
  if (backend !== undefined && !Object.hasOwn(BACK_ENDS, backend)) throw new Stop(`--backend is "${backend}" and must be one of ${Object.keys(BACK_ENDS).join(', ')}.`);
  const steps = number('steps', Infinity);
  const minutes = number('minutes', steps < Infinity ? 60 : 1);
  const seed = number('seed', 1 + Math.floor(Math.random() * 1_000_000_000));
  return { minutes, steps, seed, broken, backEnds: backend === undefined ? Object.keys(BACK_ENDS) : [backend] };
}

await main(async () => {
  const { backEnds, ...wanted } = asked();
  await bootstrap([...FOR_BUILD, 'chromium']);
  await build(['wasm', 'js']);
  // After the bootstrap: it needs its packages.
  const { chaos, told } = await import('./run.mjs');
  let violations = 0;
  for (const backEnd of backEnds) {
    const result = await chaos({ ...wanted, backEnd });
    console.log(told(result));
    violations += result.violations.length;
  }
  return violations ? 1 : 0;
});
