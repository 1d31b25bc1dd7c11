/**
 * Short names for what a module imports. wasm-bindgen ends each in a hash of 16 digits, which no compressor makes
 * smaller, and a page loads every one twice: in the glue and in the module. One of the short names stands for all of
 * these hashes, so that a module still refuses the glue of another version.
 */

import { createHash } from 'node:crypto';

const HASHED = /\b__wbg_\w+_[0-9a-f]{16}\b/g;
const IMPORTS = 2;
const FUNCTION = 0;

/** Glue and module with the same imports under short names; each is named only in these two. */
export function shortenImports(glue, module) {
  const names = [...new Set(glue.match(HASHED))];
  const version = createHash('sha256').update(names.join()).digest('base64url').slice(0, 8);
  const short = new Map(names.map((name, at) => [name, at ? at.toString(36) : version]));
  const named = glue.replace(HASHED, (name) => JSON.stringify(short.get(name)));
  return { glue: named, module: renameImports(module, short) };
}

/** The binary module with its imports renamed. */
function renameImports(module, names) {
  const parts = [module.subarray(0, 8)];
  for (let at = 8; at < module.length; ) {
    const [length, start] = number(module, at + 1);
    const end = start + length;
    if (module[at] !== IMPORTS) parts.push(module.subarray(at, end));
    else {
      const body = imports(module, start, names);
      parts.push(Buffer.from([IMPORTS]), leb(body.length), body);
    }
    at = end;
  }
  return Buffer.concat(parts);
}

/** The body of the import section that begins at `at`. */
function imports(module, at, names) {
  const [count, first] = number(module, at);
  const parts = [leb(count)];
  at = first;
  for (let left = count; left > 0; left -= 1) {
    for (const rename of [false, true]) {
      const [length, start] = number(module, at);
      at = start + length;
      const name = module.subarray(start, at);
      const text = (rename && names.get(name.toString())) || name;
      parts.push(leb(text.length), Buffer.from(text));
    }
    if (module[at] !== FUNCTION) throw new Error('wasm-imports.mjs: expected functions only among the imports of a wasm-bindgen module');
    const [, end] = number(module, at + 1);
    parts.push(module.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

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
