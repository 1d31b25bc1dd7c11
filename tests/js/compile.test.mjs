import assert from 'node:assert/strict';
import { test } from 'node:test';

import { toText } from '../../scripts/build/wasm-text.mjs';

/** The module as a page finds it that has not compiled anything yet. */
let pages = 0;
const compileEngine = async (file) => (await import(`../../dist/compile.js?page=${++pages}`)).compileEngine(file);

const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const answer = (body, type, status = 200) => new Response(body, { status, headers: type ? { 'content-type': type } : {} });
const isEngine = (module) => WebAssembly.Module.exports(module).some(({ kind }) => kind === 'memory');

test('without a file: the copy inside the package', async () => {
  assert.ok(isEngine(await compileEngine(undefined)));
});

test('with a file: that one', async () => {
  assert.deepEqual(WebAssembly.Module.exports(await compileEngine(answer(EMPTY, 'application/wasm'))), []);
});

for (const [what, file] of [
  ['is missing', () => answer('gone', 'text/plain', 404)],
  ['is a page', () => answer('<!doctype html>', 'text/html')],
  ['has no type', () => answer(EMPTY, undefined)],
  ['has another type', () => answer(EMPTY, 'application/octet-stream')],
  ['is no WebAssembly', () => answer('no', 'application/wasm')],
  ['is cut off', () => answer(EMPTY.slice(0, 6), 'application/wasm')],
]) {
  test(`a file that ${what}: the copy inside the package`, async () => {
    assert.ok(isEngine(await compileEngine(file())));
  });
}

test('a page compiles once', async () => {
  const { compileEngine: compile } = await import(`../../dist/compile.js?page=${++pages}`);
  assert.equal(await compile(undefined), await compile(undefined));
});

for (const message of [
  "WebAssembly.compileStreaming(): Refused to compile or instantiate WebAssembly module because neither 'wasm-eval' nor 'unsafe-eval' is an allowed source of script in the following Content Security policy directive: \"script-src 'self'\"",
  'call to WebAssembly.compileStreaming() blocked by CSP',
  "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script",
]) {
  test(`a refusal by policy is told apart: ${message.slice(0, 40)}…`, async (t) => {
    const refuse = () => Promise.reject(new WebAssembly.CompileError(message));
    t.mock.method(WebAssembly, 'compileStreaming', refuse);
    const copy = t.mock.method(WebAssembly, 'compile', refuse);
    await assert.rejects(compileEngine(answer(EMPTY, 'application/wasm')), (error) => error === 'csp');
    assert.equal(copy.mock.callCount(), 0, 'the copy would be refused just so');
    await assert.rejects(compileEngine(undefined), (error) => error === 'csp');
  });
}

test('another failure is passed on, and tried again by the next client', async (t) => {
  const { compileEngine: compile } = await import(`../../dist/compile.js?page=${++pages}`);
  const tried = t.mock.method(WebAssembly, 'compile', () => Promise.reject(new RangeError('out of memory')));
  await assert.rejects(compile(undefined), RangeError);
  tried.mock.restore();
  assert.ok(isEngine(await compile(undefined)));
});

test('browsers without streaming compile from bytes', async (t) => {
  const kept = WebAssembly.compileStreaming;
  t.after(() => (WebAssembly.compileStreaming = kept));
  WebAssembly.compileStreaming = undefined;
  assert.deepEqual(WebAssembly.Module.exports(await compileEngine(answer(EMPTY, 'application/wasm'))), []);
});

test('the text of bytes is read as these bytes', async () => {
  const { toBytes } = await import('../../dist/compile.js');
  const every = Uint8Array.from({ length: 256 * 256 }, (_, at) => (at % 256 < 200 ? at : at >> 8));
  for (const bytes of [every, every.slice().reverse(), every.subarray(0, 1), every.subarray(0, 0)]) {
    const text = toText(bytes);
    assert.deepEqual(toBytes(text), bytes);
    assert.doesNotMatch(text, /[^#-[\]-~]/, 'nothing that a minifier or a transport would change');
  }
});
