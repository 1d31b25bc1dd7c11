/** The engine's glue without what wasm-bindgen writes for other modules, older browsers, and what loads a module. */

/** The first line of what the wrappers call, and the functions there that {@link OWN} stands for. */
const REST = /^let cachedDataViewMemory0 = null;$/m;
const KNOWN = ['getDataViewMemory0', 'getStringFromWasm0', 'getUint8ArrayMemory0', 'isLikeNone', 'passStringToWasm0', 'decodeText', '__wbg_finalize_init', '__wbg_load', 'initSync', '__wbg_init', '__wbg_init_once'];

/** Text is short and seldom crosses here: a view of the memory is made when it is wanted, since the memory may have grown. */
const OWN = `
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function getStringFromWasm0(at, length) {
    return decoder.decode(new Uint8Array(wasm.memory.buffer, at, length));
}

function writeString(at, value) {
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : undefined;
    const address = bytes ? wasm.__wbindgen_malloc(bytes.length, 1) : 0;
    const { buffer } = wasm.memory;
    if (bytes) new Uint8Array(buffer).set(bytes, address);
    new Int32Array(buffer, at, 2).set([address, bytes?.length]);
}

let wasm;

export function instantiate(module) {
    wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;
    wasm.__wbindgen_start();
}
`;

/** The wrapper that hands text to the module. */
const WRITES = /(\b__wbg___wbindgen_string_get_\w+: function\(arg0, arg1\) \{)[^]*?(\n {8}\},)/;

/** The glue of the engine, with `instantiate(module)` in place of wasm-bindgen's own ways to load it. */
export function shorten(glue) {
  const [wrappers, rest] = glue.split(REST);
  const unknown = [...(rest ?? glue).matchAll(/^(?:async )?function (\w+)/gm)].filter(([, name]) => !KNOWN.includes(name));
  if (rest === undefined || unknown.length || !WRITES.test(wrappers)) {
    throw new Error(`wasm-glue.mjs: the glue of this wasm-bindgen is another one than was expected${unknown.length ? `: ${unknown.map(([, name]) => name).join(', ')}` : ''}`);
  }
  return (
    wrappers
      .replace(WRITES, '$1 writeString(arg0, arg1);$2')
      .replace(/: function(\([^)]*\)) \{/g, ': $1 => {')
      // Addresses, sizes, counters and places in lists, none of which comes near 2^31.
      .replace(/ >>> 0/g, '') + OWN
  );
}
