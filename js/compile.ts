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

/** The bytes that `scripts/build/wasm-text.mjs` made the text of; see there. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const frequent: number[] = [];
  const others: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    ((parseInt(text[byte >> 2]!, 16) >> (byte & 3)) & 1 ? frequent : others).push(byte);
  }
  // The backslash is no digit.
  const digit = (at: number) => text.charCodeAt(at) - (text[at]! > '\\' ? 36 : 35);
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 64; at < text.length; at++) {
    const value = digit(at);
    bytes[length++] = value < 89 ? frequent[value]! : others[91 * (value - 89) + digit(++at)]!;
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
