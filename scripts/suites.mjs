/** The suites of `npm test`: what each needs, what it runs, and how its result is read. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { cargoTarget, root } from './places.mjs';
import { budgets, cargo, cells, node, races, unittest } from './test/counts.mjs';
import { djangoPython } from './tools/django.mjs';

const WASM = ['--target', 'wasm32-unknown-unknown'];
const BROWSER_CRATES = ['--package', 'hybrid-cache', '--package', 'hybrid-cache-inspect'];

/** Test files below a folder, `*.test.mjs` and `*.test.js`; or the one that is named. */
function testFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  if (folder.endsWith('.test.mjs')) return [folder];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .flatMap((item) => (item.isDirectory() ? testFiles(`${folder}/${item.name}`) : /\.test\.m?js$/.test(item.name) ? [`${folder}/${item.name}`] : []))
    .sort();
}

/**
 * `node --test` over every test file of some folders, one file at a time: browsers and builds want the machine alone.
 * The limit is for what hangs.
 */
function nodeTests(...folders) {
  const files = folders.flatMap(testFiles);
  if (!files.length) return { absent: `no test file in ${folders.join(' or ')}` };
  return { title: `node --test in ${folders.join(', ')}`, run: [process.execPath, '--test', '--test-reporter=spec', '--test-concurrency=1', `--test-timeout=${10 * 60_000}`, ...files], counts: node };
}

/** The server half in Python by itself, and beside the one in Rust, run by Django's own runner. */
const djangoTests = {
  title: "Django's test runner in python/tests and tests/interop",
  run: [djangoPython, '-m', 'django', 'test', '--settings', 'tests.settings', '--verbosity', '2', 'python/tests', 'tests/interop'],
  env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: join(root, 'python'), HYBRID_CACHE_PEER: join(cargoTarget, 'debug/examples/peer') },
  counts: unittest,
};

/** WebKit opens windows, so there it runs with a display of its own. */
const displayed = (engine, run) => (engine === 'webkit' ? ['xvfb-run', '--auto-servernum', ...run] : run);

const DRIVERS = { chromium: 'CHROMEDRIVER', firefox: 'GECKODRIVER', webkit: 'SAFARIDRIVER' };

/** wasm-bindgen-test of both crates; the runner chooses the engine by the one driver that is named. */
const browserTests = (engine) =>
  [['--package', 'hybrid-cache', '--test', 'browser'], ['--package', 'hybrid-cache-inspect', '--tests']].map((parameters) => ({
    run: displayed(engine, ['cargo', 'test', '--no-fail-fast', ...WASM, ...parameters]),
    env: {
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: 'wasm-bindgen-test-runner',
      // Seconds for a whole binary; the runner's own 20 are short for a busy machine.
      WASM_BINDGEN_TEST_TIMEOUT: '300',
      ...Object.fromEntries(Object.values(DRIVERS).map((name) => [name, name === DRIVERS[engine] ? process.env[name] : undefined])),
      GECKODRIVER_ARGS: `--binary '${process.env.FIREFOX}'`,
    },
    counts: cargo,
  }));

/** What runs in another browser than Chromium. What it cannot do for a test is told there, and counted as left out. */
const inOther = (engine) => [
  ...browserTests(engine),
  ...['tests/faults', 'tests/races', 'tests/devtools/panel.test.mjs', 'tests/e2e'].map((folder) => {
    const tests = nodeTests(folder);
    return tests.absent ? tests : { ...tests, title: `${tests.title}, in ${engine}`, run: displayed(engine, tests.run), env: { HYBRID_CACHE_BROWSER: engine } };
  }),
];

/**
 * In the order they run. `tools` are names in bootstrap.mjs, `built` names in test.mjs; `commands` is called when the
 * suite's turn has come. A suite marked `full` belongs to `npm run test:full` only.
 */
export const SUITES = {
  scripts: {
    about: 'the scripts themselves',
    tools: ['node'],
    commands: () => [nodeTests('scripts')],
  },
  rust: {
    about: 'every crate, natively, with the examples in its documentation',
    tools: ['rust', 'c-compiler', 'redis'],
    commands: () => [{ run: ['cargo', 'test', '--workspace', '--no-fail-fast'], counts: cargo }],
  },
  lint: {
    about: 'formatting, clippy and documentation, natively and for wasm',
    tools: ['rust', 'c-compiler', 'wasm-target', 'lints'],
    commands: () => [
      { run: ['cargo', 'fmt', '--all', '--check'] },
      { run: ['cargo', 'clippy', '--keep-going', '--workspace', '--all-targets', '--', '-D', 'warnings'] },
      { run: ['cargo', 'clippy', ...WASM, ...BROWSER_CRATES, '--keep-going', '--all-targets', '--', '-D', 'warnings'] },
      { run: ['cargo', 'doc', '--workspace', '--no-deps'], env: { RUSTDOCFLAGS: '-D warnings' } },
      { run: ['cargo', 'doc', ...WASM, ...BROWSER_CRATES, '--no-deps'], env: { RUSTDOCFLAGS: '-D warnings' } },
    ],
  },
  wasm: {
    about: 'both WebAssembly crates in headless Chromium',
    tools: ['rust', 'wasm-target', 'wasm-bindgen', 'chromium'],
    commands: () => browserTests('chromium'),
  },
  size: {
    about: 'the size budget',
    built: ['package'],
    commands: () => [{ run: [process.execPath, 'scripts/size.mjs'], counts: budgets }],
  },
  contract: {
    about: 'one list of headers and their meaning, read in TypeScript and in Python',
    tools: ['python'],
    built: ['package'],
    commands: () => [
      { run: ['python3', '-m', 'unittest', 'discover', '-s', 'tests/contract', '-v'], env: { PYTHONDONTWRITEBYTECODE: '1' }, counts: unittest },
      nodeTests('tests/contract'),
    ],
  },
  django: {
    about: 'the server half in Python, with real Django and Redis, and beside the one in Rust',
    tools: ['rust', 'c-compiler', 'redis', 'django'],
    commands: () => [{ run: ['cargo', 'build', '--package', 'hybrid-cache-tower', '--example', 'peer'] }, djangoTests],
  },
  js: {
    about: 'the TypeScript half without a browser',
    built: ['package'],
    commands: () => [nodeTests('tests/js', 'js')],
  },
  package: {
    about: 'the packed tarball in a real Angular build and in a plain page',
    tools: ['chromium'],
    built: ['package', 'tarball'],
    commands: () => [nodeTests('tests/package')],
  },
  recipes: {
    about: 'docs/recipes.md word for word: fetch, axios, TanStack Query, a service worker',
    tools: ['chromium'],
    built: ['package', 'tarball'],
    commands: () => [nodeTests('tests/recipes')],
  },
  faults: {
    about: 'what may go wrong, in Chromium',
    tools: ['chromium'],
    built: ['package'],
    commands: () => [nodeTests('tests/faults')],
  },
  devtools: {
    about: 'the panel for developers, in Chromium',
    tools: ['chromium'],
    built: ['package'],
    commands: () => [nodeTests('tests/devtools')],
  },
  races: {
    about: 'every race on cue, with one and two tabs',
    tools: ['chromium'],
    built: ['package'],
    commands: () => [nodeTests('tests/races')],
  },
  chaos: {
    about: 'half a minute of chaos on each IndexedDB back end, from a fixed seed',
    tools: ['chromium'],
    built: ['package'],
    commands: () => [nodeTests('tests/chaos')],
  },
  e2e: {
    about: 'the demo from end to end: two users, two tabs, Redis',
    tools: ['chromium', 'redis'],
    built: ['package', 'tarball', 'demo-app', 'demo-server'],
    commands: () => [nodeTests('tests/e2e')],
  },
  'e2e-django': {
    about: 'the same demo, unchanged, on the server in Django',
    tools: ['chromium', 'redis', 'django'],
    built: ['package', 'tarball', 'demo-app'],
    commands: () => [{ ...nodeTests('tests/e2e'), env: { HYBRID_CACHE_DEMO: 'django', PYTHONDONTWRITEBYTECODE: '1' } }],
  },
  a11y: {
    about: 'demo and panel for keyboards and screen readers: axe-core in both themes',
    tools: ['chromium'],
    built: ['package', 'tarball', 'demo-app', 'demo-server'],
    commands: () => [nodeTests('tests/a11y')],
  },
  firefox: {
    about: 'both WebAssembly crates, faults, races, panel and demo in Firefox',
    full: true,
    tools: ['rust', 'wasm-target', 'wasm-bindgen', 'firefox', 'redis'],
    built: ['package', 'tarball', 'demo-app', 'demo-server'],
    commands: () => inOther('firefox'),
  },
  webkit: {
    about: 'both WebAssembly crates, faults, races, panel and demo in WebKit',
    full: true,
    tools: ['rust', 'wasm-target', 'wasm-bindgen', 'webkit', 'redis'],
    built: ['package', 'tarball', 'demo-app', 'demo-server'],
    commands: () => inOther('webkit'),
  },
  peers: {
    about: 'the same races with four tabs, and with other caches beside this one, as a table',
    full: true,
    tools: ['chromium'],
    built: ['package', 'peers'],
    commands: () => [{ run: [process.execPath, 'tests/races/table.mjs', '--built'], counts: races }],
  },
  'chaos-fresh': {
    about: 'the same from a fresh seed',
    full: true,
    tools: ['chromium'],
    built: ['package'],
    commands: () => [{ ...nodeTests('tests/chaos'), env: { CHAOS_SEED: 'fresh' } }],
  },
  model: {
    about: 'the coherence model and the properties, with larger bounds',
    full: true,
    tools: ['rust', 'c-compiler'],
    commands: () => [{ run: ['cargo', 'test', '--release', '--no-fail-fast', '--package', 'hybrid-cache-core'], env: { HYBRID_CACHE_FULL: '1' }, counts: cargo }],
  },
  server: {
    about: 'the laws of a version in 100 000 steps, 5 000 event streams, and a caching proxy in front',
    full: true,
    tools: ['rust', 'c-compiler', 'redis', 'nginx'],
    commands: () => [
      // Each stream is a file to both of its ends.
      { run: ['sh', '-c', 'ulimit -n 16384; exec cargo test --no-fail-fast --package hybrid-cache-tower --test laws --test many_streams --test proxy'], env: { HYBRID_CACHE_FULL: '1' }, counts: cargo },
    ],
  },
  features: {
    about: "the server crate's features: Redis over TLS, behind Sentinels and as a cluster, by real servers; and none of them",
    full: true,
    tools: ['rust', 'c-compiler', 'lints', 'redis', 'openssl'],
    commands: () => [
      { run: ['cargo', 'test', '--package', 'hybrid-cache-tower', '--all-features', '--test', 'servers'], counts: cargo },
      { run: ['cargo', 'clippy', '--package', 'hybrid-cache-tower', '--all-targets', '--all-features', '--', '-D', 'warnings'] },
      { run: ['cargo', 'clippy', '--package', 'hybrid-cache-tower', '--no-default-features', '--', '-D', 'warnings'] },
    ],
  },
  memory: {
    about: 'what stays of 50 000 hits',
    full: true,
    built: ['package'],
    commands: () => [{ run: [process.execPath, '--test', '--test-reporter=spec', 'tests/js/angular-cost.test.mjs'], env: { HYBRID_CACHE_FULL: '1' }, counts: node }],
  },
  matrix: {
    about: 'the packed tarball in fresh Angular 19, 20 and 22 applications, in Vite, webpack, esbuild and a plain page',
    full: true,
    tools: ['chromium'],
    built: ['package', 'tarball'],
    commands: () => [{ run: [process.execPath, 'scripts/test-package.mjs', '--built'], counts: cells }],
  },
  bench: {
    about: 'every case of the benchmark runs, shortened; nothing is judged',
    full: true,
    tools: ['chromium'],
    built: ['package'],
    commands: () => [{ run: [process.execPath, 'bench/run.mjs', '--quick'] }],
  },
  'wasm-pack': {
    about: 'wasm-pack runs the browser tests too',
    full: true,
    tools: ['rust', 'wasm-target', 'wasm-bindgen', 'npm', 'chromium', 'wasm-pack'],
    commands: () => [{ run: ['wasm-pack', 'test', '--headless', '--chrome', '--chromedriver', process.env.CHROMEDRIVER, '.', '--package', 'hybrid-cache'], env: { WASM_BINDGEN_TEST_TIMEOUT: '300', GECKODRIVER: undefined }, counts: cargo }],
  },
};
