import { compileEngine } from '../../compile.js';
import { type Loader, loader } from '../../load.js';

/** By what a page keeps things, or hears of other tabs. */
const SHARED = ['indexedDB', 'localStorage', 'BroadcastChannel'];

/** The engine as every page has it, which finds nothing to keep things in and nobody to talk to, whatever there is. */
export const memoryOnly: Loader = {
  refused: null,
  missing: () => (globalThis.WebAssembly ? null : 'no-webassembly'),
  async load(wasmUrl, load) {
    const parts = await loader.load(wasmUrl, load);
    const { Runtime, instance } = parts.action;
    return {
      ...parts,
      action: {
        ...parts.action,
        async start(client, file) {
          const module = await compileEngine(file);
          if (client.status !== 'loading') return;
          without(SHARED, () => new Runtime(client, () => instance(module)));
        },
      },
    };
  },
};

/** Calls `call` in an environment that lacks these globals. */
function without(names: readonly string[], call: () => void): void {
  const kept = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const name of names) Object.defineProperty(globalThis, name, { configurable: true, value: undefined });
  try {
    call();
  } finally {
    for (const [name, property] of kept) {
      if (property) Object.defineProperty(globalThis, name, property);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}
