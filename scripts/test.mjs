/**
 * `npm test`: brings what is missing, then runs every suite, also after one has failed, and ends with a line per suite
 * and the sum. `npm test -- rust js` runs the named ones, `npm run test:full` also the long ones.
 */

import { FOR_BUILD, bootstrap } from './bootstrap.mjs';
import { buildDemoApp, buildDemoServer, installDemoPackages } from './build/demo.mjs';
import { packTarball } from './build/tarball.mjs';
import { buildTypeScript } from './build/typescript.mjs';
import { buildWasm } from './build/wasm.mjs';
import { SUITES } from './suites.mjs';
import { duration, step } from './terminal/step.mjs';
import { CommandFailed, Stop, main } from './terminal/ending.mjs';
import { runSuite } from './test/suite.mjs';
import { racePeers } from './tools/npm-packages.mjs';

/** What suites need built, in this order; each with the tools it takes itself. */
const BUILT = {
  package: {
    tools: FOR_BUILD,
    async work() {
      await step('WebAssembly modules', buildWasm);
      await step('TypeScript', buildTypeScript);
    },
  },
  tarball: { tools: FOR_BUILD, work: () => step('npm package', packTarball) },
  peers: { tools: ['node', 'npm'], work: () => step('npm packages of the peers', racePeers) },
  'demo-app': {
    tools: ['node', 'npm'],
    async work() {
      await step('npm packages of the Angular application', installDemoPackages);
      await step('Angular application', buildDemoApp);
    },
  },
  'demo-server': {
    tools: ['rust', 'c-compiler'],
    work: () =>
      step('Rust server', async (line) => {
        // Where the end-to-end tests find it. Unoptimised: most of it was compiled for its own tests anyway.
        process.env.HYBRID_CACHE_DEMO_SERVER = await buildDemoServer(line, { release: false });
      }),
  },
};

/** The suites asked for. */
function chosen(parameters) {
  const full = parameters.includes('--full');
  const names = parameters.filter((word) => word !== '--full');
  const unknown = names.find((name) => !Object.hasOwn(SUITES, name));
  if (unknown !== undefined) {
    const list = Object.entries(SUITES).map(([name, { about, full: long }]) => `  ${name.padEnd(11)} ${about}${long ? ' (only by name or with test:full)' : ''}`);
    throw new Stop(`There is no suite called "${unknown}"; there are:\n${list.join('\n')}`);
  }
  return Object.keys(SUITES).filter((name) => (names.length ? names.includes(name) : full || !SUITES[name].full));
}

/** Builds what the suites need; returns what could not be built and why. */
async function prepare(names) {
  const broken = new Map();
  for (const [name, { work }] of Object.entries(BUILT)) {
    if (!names.has(name)) continue;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof CommandFailed || error instanceof Stop)) throw error;
      console.log(error instanceof CommandFailed ? `${indent(error.tail(25))}\n    ${error.message}` : indent(error.message));
      broken.set(name, error.message);
    }
  }
  return broken;
}

const indent = (text) => text.replace(/^/gm, '    ');

/** Runs one suite as a step, or counts it as failed if what it needs is not there. */
async function result(name, broken) {
  const { built = [], commands } = SUITES[name];
  const start = performance.now();
  const lacking = built.find((need) => broken.has(need));
  let sum = { passed: 0, failed: 1, skipped: 0, reasons: [{ words: `${lacking} could not be built: ${broken.get(lacking)}`, tail: '' }] };
  if (!lacking) {
    const run = async (line) => {
      sum = await runSuite(name, commands(), line);
      return words(sum);
    };
    await step(name, run, () => sum.failed > 0);
  }
  for (const { words: what, tail } of sum.reasons) console.log(`${indent(tail)}\n    ${name}: ${what}`);
  return { name, ...sum, took: performance.now() - start };
}

const words = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped ? `, ${skipped} left out` : ''}`;

await main(async () => {
  const began = performance.now();
  const names = chosen(process.argv.slice(2));
  const built = new Set(names.flatMap((name) => SUITES[name].built ?? []));
  const tools = [...names.flatMap((name) => SUITES[name].tools ?? []), ...[...built].flatMap((name) => BUILT[name].tools)];
  await bootstrap(['node', ...tools]);
  const broken = await prepare(built);
  console.log('');
  const results = [];
  for (const name of names) results.push(await result(name, broken));

  console.log('');
  for (const each of results) {
    const [mark, log] = each.failed ? ['✗', each.log ? `  see ${each.log}` : ''] : ['✓', ''];
    console.log(`${mark} ${each.name.padEnd(11)} ${words(each).padEnd(34)} ${duration(each.took).padStart(12)}${log}`);
  }
  const sum = (count) => results.reduce((total, each) => total + each[count], 0);
  console.log(`\nin ${duration(performance.now() - began)}`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') ? 1 : 0;
});
