/** From wherever the `.wasm` bytes come to a compiled module. */

import type { ModuleFile } from './load.js';

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The engine's module, once per page: from `file` (the answer for `wasmUrl`) if it is WebAssembly, else from the copy
 * inside the package. If `file` is that copy, compiling has begun when this returns.
 *
 * @throws `'csp'` where the page's Content Security Policy forbids WebAssembly; else what the last attempt threw.
 */
export function compileEngine(file: ModuleFile): Promise<WebAssembly.Module> {
  compiled ??= fromFile(file)
    .then(async (module) => module ?? inline(await import('./wasm/inline.js')))
    .catch((error: unknown) => {
      compiled = undefined;
      throw refusal(error);
    });
  return compiled;
}

/** The module out of its text. */
export function inline(text: { readonly default: string }): Promise<WebAssembly.Module> {
  return WebAssembly.compile(toBytes(text.default));
}

/**
 * The bytes that `scripts/build/wasm-text.mjs` made the text of; see there. The page waits for this, and no engine has
 * compiled it yet: nothing but numbers out of arrays of bytes in the loop.
 */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const digits = new TextEncoder().encode(text);
  const bytes = new Uint8Array(digits.length);
  // By the code of a digit; for two digits there is a row for each of the first ones, `}` and `~`. The backslash is none.
  const table = new Uint8Array(3 * 128);
  const code = (digit: number) => digit + (digit > 56 ? 36 : 35);
  let [singles, doubles, length] = [0, 0, 0];
  for (let byte = 0; byte < 256; byte++) {
    const isFrequent = (parseInt(text[byte >> 2]!, 16) >> (byte & 3)) & 1;
    table[isFrequent ? code(singles++) : 128 * (doubles > 90 ? 2 : 1) + code(doubles++ % 91)] = byte;
  }
  for (let at = 64; at < digits.length; at++) {
    const digit = digits[at]!;
    bytes[length++] = table[digit < 125 ? digit : 128 * (digit - 124) + digits[++at]!]!;
  }
  return bytes.subarray(0, length);
}

async function fromFile(file: ModuleFile): Promise<WebAssembly.Module | undefined> {
  if (file && 'default' in file) return inline(file);
  // A server that answers unknown addresses with a page says 200, too.
  if (!file?.ok || !/^application\/wasm\b/.test(file.headers.get('content-type') ?? '')) return undefined;
  try {
    return await compile(file);
  } catch (error) {
    if (refusal(error) === 'csp') throw error;
    return undefined;
  }
}

async function compile(response: Response): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** `'csp'` where that was why, else the error. Browsers agree on the refusal, not on its name or words. */
export function refusal(error: unknown): unknown {
  return error === 'csp' || /content security policy|\bCSP\b|unsafe-eval/i.test(String(error)) ? 'csp' : error;
}
