/**
 * `npm run chaos -- --minutes N --seed S`: see ./run.mjs. Without a seed a new one is taken and told. `--backend leveldb` or
 * `sqlite`; by default both, one after the other, each for so many minutes. `--steps N` ends after so many operations.
 */

import { parseArgs } from 'node:util';

import { chaos, told } from './run.mjs';
import { BACK_ENDS } from './world.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' }, steps: { type: 'string' }, backend: { type: 'string' }, broken: { type: 'string' } } });
const number = (name, otherwise) => {
  const given = values[name] === undefined ? otherwise : Number(values[name]);
  if (!(given > 0)) throw new Error(`--${name} wants a number above 0, not "${values[name]}"`);
  return given;
};
if (values.backend !== undefined && !Object.hasOwn(BACK_ENDS, values.backend)) throw new Error(`--backend is one of ${Object.keys(BACK_ENDS).join(', ')}`);

const steps = number('steps', Infinity);
const minutes = number('minutes', steps < Infinity ? 60 : 1);
const seed = number('seed', 1 + Math.floor(Math.random() * 1_000_000_000));
for (const backEnd of values.backend === undefined ? Object.keys(BACK_ENDS) : [values.backend]) {
  const result = await chaos({ minutes, steps, seed, backEnd, broken: values.broken });
  console.log(told(result));
  if (result.violations.length) process.exitCode = 1;
}
