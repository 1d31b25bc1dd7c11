/**
 * Short names for what a module imports and exports. wasm-bindgen ends most in a hash of 16 digits, which no compressor
 * makes smaller, and a page loads every one twice: in the glue and in the module. One of the short names stands for all
 * of these hashes, so that a module still refuses the glue of another version.
 */

import { createHash } from 'node:crypto';

const IMPORTS = 2;
const EXPORTS = 7;
const FUNCTION = 0;

/**
 * The glue as wasm-bindgen wrote it, with only those functions of the crate's own JavaScript that the module imports
 * straight. It hands over each file as a whole, once for every function, and a bundler could leave nothing of it out.
 */
export function chooseImports(glue, module) {
  const asked = WebAssembly.Module.imports(new WebAssembly.Module(module));
  const done = new Set();
  const chosen = glue.replace(/^import \* as (import\d+) from "([^"]+)"\n/gm, (line, whole, file) => {
    if (done.has(file)) return '';
    done.add(file);
    const names = asked.filter(({ module: from }) => from === file).map(({ name }) => name);
    return `import { ${names.map((name) => `${name} as ${whole}_${name}`).join(', ')} } from "${file}"\nconst ${whole} = { ${names.map((name) => `${name}: ${whole}_${name}`).join(', ')} };\n`;
  });
  // A key for each function, of which the first is the one that is there.
  const seen = new Set();
  return chosen.replace(/^ *("\.\/snippets\/[^"]*"): import\d+,\n/gm, (line, key) => (seen.has(key) ? '' : (seen.add(key), line)));
}

/** Glue and module with the same imports under short names; each is named only in these two. */
export function shortenImports(glue, module) {
  const asked = WebAssembly.Module.imports(new WebAssembly.Module(module));
  const files = [...new Set(asked.map(({ module: file }) => file))];
  const names = [...new Set(asked.map(({ name }) => name))].filter((name) => name.startsWith('__wb'));
  const version = createHash('sha256').update(names.join()).digest('base64url').slice(0, 8);
  const short = new Map([
    ...names.map((name, at) => [name, at ? at.toString(36) : version]),
    ...files.map((file, at) => [file, String.fromCharCode(97 + at)]),
  ]);
  const named = glue
    .replace(/\b__wb\w+\b/g, (name) => (short.has(name) ? JSON.stringify(short.get(name)) : name))
    .replace(/"\.\/[^"]+"/g, (file) => (short.has(JSON.parse(file)) ? JSON.stringify(short.get(JSON.parse(file))) : file));
  return { glue: named, module: rewrite(module, IMPORTS, (body) => imports(body, short)) };
}

/** Glue and module with the same exports under names of a letter, and none that the glue does not use. */
export function shortenExports(glue, module) {
  const used = [...new Set([...glue.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name))];
  const short = new Map(used.map((name, at) => [name, String.fromCharCode(97 + at)]));
  return {
    glue: glue.replace(/\bwasm\.(\w+)/g, (_, name) => `wasm.${short.get(name)}`),
    module: rewrite(module, EXPORTS, (body) => exports(body, short)),
  };
}

/** The binary module with one section's body made anew. */
function rewrite(module, section, change) {
  const parts = [module.subarray(0, 8)];
  for (let at = 8; at < module.length; ) {
    const [length, start] = number(module, at + 1);
    const end = start + length;
    if (module[at] !== section) parts.push(module.subarray(at, end));
    else {
      const body = change(module.subarray(start, end));
      parts.push(Buffer.from([section]), leb(body.length), body);
    }
    at = end;
  }
  return Buffer.concat(parts);
}

/** The body of an import section with its names replaced by those of `names` that stand for them. */
function imports(body, names) {
  const [count, first] = number(body, 0);
  const parts = [leb(count)];
  let at = first;
  for (let left = count; left > 0; left -= 1) {
    for (let part = 0; part < 2; part += 1) {
      const [name, next] = named(body, at);
      parts.push(...nameOf(names.get(name) ?? name));
      at = next;
    }
    if (body[at] !== FUNCTION) throw new Error('wasm-names.mjs: expected functions only among the imports of a wasm-bindgen module');
    const [, end] = number(body, at + 1);
    parts.push(body.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** The body of an export section with only what `names` has a name for. */
function exports(body, names) {
  const [count, first] = number(body, 0);
  const parts = [];
  let at = first;
  for (let left = count; left > 0; left -= 1) {
    const [name, kind] = named(body, at);
    const [, end] = number(body, kind + 1);
    if (names.has(name)) parts.push(Buffer.concat([...nameOf(names.get(name)), body.subarray(kind, end)]));
    at = end;
  }
  return Buffer.concat([leb(parts.length), ...parts]);
}

/** The name that begins at `at`, and where what follows it stands. */
function named(bytes, at) {
  const [length, start] = number(bytes, at);
  return [bytes.subarray(start, start + length).toString(), start + length];
}

const nameOf = (text) => [leb(Buffer.byteLength(text)), Buffer.from(text)];

/** An unsigned LEB128 number and where the next byte stands. */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

function leb(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value);
  return Buffer.from(bytes);
}
