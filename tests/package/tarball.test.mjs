/** What is in the packed package, and what is not. */

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { before, test } from 'node:test';

import { run } from '../support/command.mjs';
import { ROOT, temporaryFolder } from '../support/paths.mjs';
import { packed } from './install.mjs';

let folder;
let files;
const read = (name) => readFileSync(join(folder, name), 'utf8');

before(async () => {
  const tarball = await packed();
  const outside = temporaryFolder('tarball');
  await run('tar', ['-xzf', tarball, '-C', outside]);
  folder = join(outside, 'package');
  files = readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile());
});

test('only what a page or its tools need', () => {
  const expected = /^(package\.json|README\.md|LICENSE[\w.-]*|CHANGELOG\.md|dist\/[\w./-]+\.(js|d\.ts)|pkg\/(inspect\/)?hybrid_cache[\w.]*\.(js|wasm|d\.ts)|schematics\/[\w./-]+\.(js|json))$/;
  assert.deepEqual(files.filter((name) => !expected.test(name)), []);
  for (const name of ['README.md', 'dist/index.js', 'dist/index.d.ts', 'dist/angular/index.js', 'dist/angular/index.d.ts', 'pkg/hybrid_cache_bg.wasm']) {
    assert.ok(files.includes(name), `${name} is missing`);
  }
  assert.ok(files.some((name) => name.startsWith('LICENSE')), 'a licence');
});

test('package.json promises nothing that is not there, and runs nothing at installation', () => {
  const manifest = JSON.parse(read('package.json'));
  assert.equal(manifest.name, 'hybrid-cache');
  const targets = Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
  for (const target of targets) assert.ok(files.includes(target.replace(/^\.\//, '')), `${target} is exported and missing`);
  for (const entry of ['.', './angular', './angular/devtools', './angular/testing', './probe', './push', './optimistic', './encryption', './devtools', './hybrid_cache_bg.wasm', './package.json']) assert.ok(manifest.exports[entry], entry);
  assert.deepEqual(Object.keys(manifest.dependencies ?? {}), []);
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(manifest.scripts?.[name], undefined);
  for (const peer of Object.keys(manifest.peerDependencies)) assert.equal(manifest.peerDependenciesMeta[peer].optional, true, peer);
});

test('every relative import leads to a file of the package', () => {
  let imports = 0;
  for (const name of files.filter((n) => /\.(js|d\.ts)$/.test(n))) {
    // The module's text has no imports; searching it would take long.
    if (/inline\.js$/.test(name)) continue;
    for (const [, specifier] of read(name).matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)) {
      const target = join(dirname(name), specifier);
      const found = files.includes(target) || (name.endsWith('.d.ts') && files.includes(target.replace(/\.js$/, '.d.ts')));
      assert.ok(found, `${name} imports ${specifier}`);
      imports++;
    }
  }
  assert.ok(imports > 20, `only ${imports} imports found: is this test looking at the right thing?`);
});

test('the WebAssembly text is the WebAssembly file', async () => {
  const { default: text } = await import(join(folder, 'dist/wasm/inline.js'));
  const { toBytes } = await import(join(folder, 'dist/compile.js'));
  const bytes = toBytes(text);
  assert.ok(readFileSync(join(folder, 'pkg/hybrid_cache_bg.wasm')).equals(bytes));
  assert.ok(WebAssembly.validate(bytes));
});

test('nothing of the machine that built it', () => {
  const places = [ROOT.replace(/\/$/, ''), process.env.HOME].filter((place) => place && place.length > 3);
  for (const name of files) {
    const content = readFileSync(join(folder, name), 'latin1');
    for (const place of places) assert.ok(!content.includes(place), `${name} names ${place}`);
    assert.doesNotMatch(content, /file:\/\/\//, `${relative(folder, name)} has a file address`);
  }
});

test('what an application loads at once says nothing to itself about where its files are', () => {
  // `new URL('x.wasm', import.meta.url)` is a 404 in Angular and makes other tools copy the file.
  for (const name of files.filter((n) => n.endsWith('.js') && !n.endsWith('inline.js'))) {
    assert.doesNotMatch(read(name), /import\.meta\.url/, name);
  }
});
