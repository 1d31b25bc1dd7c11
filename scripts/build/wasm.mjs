/**
 * The two WebAssembly modules: cargo compiles, wasm-bindgen writes the glue, wasm-opt shrinks, and the result is also
 * written as text, because a text in a JavaScript module reaches the page through every bundler without configuration.
 */

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { cargoHome, cargoTarget, root, rustupHome } from '../places.mjs';
import { alone } from '../terminal/alone.mjs';
import { command } from '../terminal/command.mjs';
import { wasmBindgenVersion } from '../tools/wasm-bindgen.mjs';
import { unlessUnchanged } from '../unchanged.mjs';
import { shorten } from './wasm-glue.mjs';
import { chooseImports, shortenExports, shortenImports } from './wasm-names.mjs';
import { textModule } from './wasm-text.mjs';

/** `crate` is compiled to `folder/name.js` and `folder/name_bg.wasm`, and its text is `text`; `again`: see `asFunction`. */
const MODULES = [
  { crate: 'hybrid-cache', folder: 'pkg', name: 'hybrid_cache', text: 'dist/wasm/inline', again: true },
  { crate: 'hybrid-cache-inspect', folder: 'pkg/inspect', name: 'hybrid_cache_inspect', text: 'dist/wasm/inspect-inline' },
];

const PROFILE = 'wasm-release';
const TARGET = 'wasm32-unknown-unknown';

/**
 * Judged by what is left under brotli: large functions stay apart, since merged ones number their variables in two bytes,
 * and what flattening undoes is put together better the second time.
 */
const SMALLER = ['--one-caller-inline-max-function-size=100', '-Oz', '--flatten', '--rereloop', '-Oz', '-Oz'];

/** What rustc 1.8x emits by default for the target; wasm-opt refuses what it is not told of. */
const OPTIMISE = [
  ...SMALLER,
  '--enable-bulk-memory',
  '--enable-bulk-memory-opt',
  '--enable-call-indirect-overlong',
  '--enable-nontrapping-float-to-int',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--enable-reference-types',
  '--enable-multivalue',
  '--strip-debug',
  '--strip-producers',
  '--strip-target-features',
];

// Panic messages name source files: the same names on every machine, and nobody's home folder in the package.
const REMAP = [
  [cargoHome, '/cargo'],
  [rustupHome, '/rustup'],
  [root, '/hybrid-cache'],
].map(([from, to]) => `--remap-path-prefix=${from}=${to}`);

// What is longer than a word is copied by the one instruction for it, instead of word by word: a hundredth of the module.
const COPIES = ['-Cllvm-args=-max-store-memcpy=1'];

const GLUE = ['--target', 'web', '--omit-default-module-path'];

/** Compiles one module; returns the file cargo left. */
async function compile({ crate, name }, line) {
  // One by one: together, the features that one module asks of a shared crate would be compiled into the other.
  await command('cargo', ['build', '--lib', '--package', crate, '--target', TARGET, '--profile', PROFILE], {
    line,
    log: 'cargo-build-wasm',
    env: { CARGO_ENCODED_RUSTFLAGS: [...REMAP, ...COPIES].join('\x1f') },
  });
  return join(cargoTarget, TARGET, PROFILE, `${name}.wasm`);
}

/**
 * The glue as a function that makes an instance of the module, and another each time: wasm-bindgen's own glue keeps the
 * first for ever.
 */
function asFunction(glue) {
  const [code, rest] = glue.split(/\nexport \{\n/);
  if (rest === undefined) throw new Error('wasm.mjs: expected one list of exports at the end of the glue');
  return `export default (module) => {\n${code}\ninstantiate(module);\nreturn Engine;\n};\n`;
}

/** Writes glue, optimised module and text of one compiled module. */
async function finish({ folder, name, text, again }, compiled, line) {
  const out = join(root, folder);
  const log = 'finish-wasm';
  rmSync(join(out, 'snippets'), { recursive: true, force: true });
  await command('wasm-bindgen', [compiled, ...GLUE, '--out-dir', out, '--out-name', name], { line, log });
  const glue = join(out, `${name}.js`);
  const module = join(out, `${name}_bg.wasm`);
  writeFileSync(glue, chooseImports(readFileSync(glue, 'utf8'), readFileSync(module)));
  if (again) {
    // Before it is optimised: what only an export keeps there falls away.
    const short = shortenExports(shorten(readFileSync(glue, 'utf8')), readFileSync(module));
    writeFileSync(glue, short.glue);
    writeFileSync(module, short.module);
  }
  // One file: what the crate brings in JavaScript is put into the glue, and the loaders that nobody calls fall away.
  const { build } = await import('esbuild');
  const snippets = again && readdirSync(join(out, 'snippets'))[0];
  const engine = `
    import { call, instantiate } from './${name}.js';
    import { engineClass } from './snippets/${snippets}/src/words.js';
    export const Engine = engineClass({ call });
    export { instantiate };`;
  await build({
    stdin: { contents: again ? engine : `export * from './${name}.js';`, resolveDir: out },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    outfile: glue,
    allowOverwrite: true,
    logLevel: 'warning',
  });
  rmSync(join(out, 'snippets'), { recursive: true, force: true });
  const small = `${module}.optimised`;
  await command(join(root, 'node_modules/.bin/wasm-opt'), [...OPTIMISE, module, '-o', small], { line, log });
  renameSync(small, module);
  const short = shortenImports(readFileSync(glue, 'utf8'), readFileSync(module));
  writeFileSync(glue, again ? asFunction(short.glue) : short.glue);
  writeFileSync(module, short.module);
  // wasm-bindgen describes the module's raw exports. Who imports the file from the package wants its address.
  writeFileSync(`${module}.d.ts`, '/** The address of the module, as the bundler in use gives it. */\ndeclare const url: string;\nexport default url;\n');
  mkdirSync(dirname(join(root, text)), { recursive: true });
  writeFileSync(join(root, `${text}.js`), textModule(readFileSync(module)));
  writeFileSync(join(root, `${text}.d.ts`), '/** The `.wasm` file as `scripts/build/wasm-text.mjs` of the repository spells it. */\ndeclare const text: string;\nexport default text;\n');
}

/** Builds both modules. What comes after cargo is skipped for a module that cargo left as it was. */
export const buildWasm = alone(async (line) => {
  const built = [];
  for (const module of MODULES) {
    const compiled = await compile(module, line);
    const { folder, name, text } = module;
    const outputs = [`${folder}/${name}.js`, `${folder}/${name}.d.ts`, `${folder}/${name}_bg.wasm`, `${folder}/${name}_bg.wasm.d.ts`, `${text}.js`, `${text}.d.ts`];
    const about = {
      inputs: [compiled, join(root, 'node_modules/binaryen/package.json'), ...['glue', 'names', 'text'].map((part) => join(root, `scripts/build/wasm-${part}.mjs`))],
      outputs: outputs.map((path) => join(root, path)),
      also: [wasmBindgenVersion(), GLUE, OPTIMISE],
    };
    if (await unlessUnchanged(name, about, () => finish(module, compiled, line))) built.push(module.crate);
  }
  return built.length ? built.join(', ') : 'unchanged';
});
