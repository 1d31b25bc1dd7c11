/**
 * Short names for what a module imports. wasm-bindgen ends most in a hash of 16 digits, which no compressor makes
 * smaller, and a page loads every one twice: in the glue and in the module. One of the short names stands for all of
 * these hashes, so that a module still refuses the glue of another version.
 */

import { createHash } from 'node:crypto';

const IMPORTS = 2;
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
    for (let part = 0; part < 2; part += 1) {
      const [length, start] = number(module, at);
      at = start + length;
      const name = module.subarray(start, at);
      const text = names.get(name.toString()) ?? name;
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
