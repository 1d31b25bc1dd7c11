/** From wherever the `.wasm` bytes come to a compiled module. */

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The engine's module, once per page: from `file` (the answer for `wasmUrl`) if it is WebAssembly, else from the copy
 * inside the package.
 *
 * @throws `'csp'` where the page's Content Security Policy forbids WebAssembly; else what the last attempt threw.
 */
export function compileEngine(file: Response | undefined): Promise<WebAssembly.Module> {
  compiled ??= fromFile(file)
    .then((module) => module ?? inline(() => import('./wasm/inline.js')))
    .catch((error: unknown) => {
      compiled = undefined;
      throw isPolicy(error) ? 'csp' : error;
    });
  return compiled;
}

/** The module in base64 of its gzipped form. */
export async function inline(text: () => Promise<{ default: string }>): Promise<WebAssembly.Module> {
  const bytes = fromBase64((await text()).default);
  // `Response.body`, since not every `Blob` has `stream()`.
  const body = new Response(bytes).body!.pipeThrough(new DecompressionStream('gzip'));
  return compile(new Response(body, { headers: { 'content-type': 'application/wasm' } }));
}

async function fromFile(file: Response | undefined): Promise<WebAssembly.Module | undefined> {
  // A server that answers unknown addresses with a page says 200, too.
  if (!file?.ok || !/^application\/wasm\b/.test(file.headers.get('content-type') ?? '')) return undefined;
  try {
    return await compile(file);
  } catch (error) {
    if (isPolicy(error)) throw error;
    return undefined;
  }
}

async function compile(response: Response): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const quick = Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  return quick.fromBase64 ? quick.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** Browsers agree on the refusal, not on its name or words. */
function isPolicy(error: unknown): boolean {
  return error === 'csp' || /content security policy|\bCSP\b|unsafe-eval/i.test(String(error));
}
