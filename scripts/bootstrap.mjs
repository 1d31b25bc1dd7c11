/**
 * `npm run bootstrap`: brings what a fresh machine lacks, and only that. Needs Node, npm and rustup to be there.
 *
 * `npm run bootstrap -- tests` brings what the tests need too (a browser, Redis, Python, Django), `-- full` also
 * wasm-pack, nginx, Firefox, WebKit, openssl and wrk.
 * The demo, the tests and the build do by themselves what they need of this.
 */

import { step } from './terminal/step.mjs';
import { Stop, isStarted, main } from './terminal/ending.mjs';
import { cCompiler } from './tools/c-compiler.mjs';
import { chromium } from './tools/chromium.mjs';
import { django } from './tools/django.mjs';
import { firefox } from './tools/firefox.mjs';
import { node, ownPackages } from './tools/npm-packages.mjs';
import { nginx } from './tools/nginx.mjs';
import { openssl } from './tools/openssl.mjs';
import { python } from './tools/python.mjs';
import { redis } from './tools/redis.mjs';
import { lints, rust } from './tools/rust.mjs';
import { wasmBindgen } from './tools/wasm-bindgen.mjs';
import { wasmPack } from './tools/wasm-pack.mjs';
import { wasmTarget } from './tools/wasm-target.mjs';
import { webkit } from './tools/webkit.mjs';
import { wrk } from './tools/wrk.mjs';

/** What may be needed, in the order of bringing it. */
const TOOLS = {
  node: ['Node and npm', node],
  rust: ['Rust', rust],
  'c-compiler': ['C compiler', cCompiler],
  'wasm-target': ['Rust target for wasm', wasmTarget],
  'wasm-bindgen': ['wasm-bindgen CLI', wasmBindgen],
  npm: ['npm packages', ownPackages],
  lints: ['rustfmt and clippy', lints],
  chromium: ['Chromium and its driver', chromium],
  redis: ['Redis', redis],
  python: ['Python', python],
  django: ['Django', django],
  'wasm-pack': ['wasm-pack', wasmPack],
  nginx: ['nginx', nginx],
  firefox: ['Firefox and its driver', firefox],
  webkit: ['WebKit, its driver and a display', webkit],
  openssl: ['OpenSSL', openssl],
  wrk: ['wrk', wrk],
};

/** Only the long tests and the benchmarks need these. */
const FOR_FULL = ['wasm-pack', 'nginx', 'firefox', 'webkit', 'openssl', 'wrk'];

/** What building the package needs. */
export const FOR_BUILD = ['node', 'rust', 'c-compiler', 'wasm-target', 'wasm-bindgen', 'npm'];

/** Brings the named tools, each as a step. */
export async function bootstrap(names) {
  for (const [name, [title, bring]] of Object.entries(TOOLS)) {
    if (names.includes(name)) await step(title, bring);
  }
}

if (isStarted(import.meta.url)) {
  await main(async () => {
    const [extent = 'build', ...rest] = process.argv.slice(2);
    const extents = { build: FOR_BUILD, tests: Object.keys(TOOLS).filter((name) => !FOR_FULL.includes(name)), full: Object.keys(TOOLS) };
    if (!Object.hasOwn(extents, extent) || rest.length) throw new Stop(`npm run bootstrap takes one of: ${Object.keys(extents).join(', ')}.`);
    await bootstrap(extents[extent]);
  });
}
