/** A generated module that breaks down when a test says so. */

/**
 * Has a server serve the generated module with every engine's methods able to trap on cue: `trapIn('lookup')`. The cue is
 * for one trap. What the driver calls is among them. The engine made last is `engine`.
 */
export function trappingGlue(server) {
  // The pattern ends with the address, so that the real module stays to be had under a query.
  server.alter(/\/pkg\/hybrid_cache\.js$/, {
    body: `
      import instance from './hybrid_cache.js?real';
      let cue;
      globalThis.trapIn = (name) => { cue = name; };
      export default (module) => {
        const Engine = instance(module);
        for (const name of Object.getOwnPropertyNames(Engine.prototype)) {
          if (['constructor', 'trap', 'free', '__destroy_into_raw'].includes(name)) continue;
          const real = Engine.prototype[name];
          if (typeof real !== 'function') continue;
          Engine.prototype[name] = function (...given) {
            if (cue !== name) return real.apply(this, given);
            cue = undefined;
            return this.trap();
          };
        }
        return class extends Engine {
          constructor(...given) { super(...given); globalThis.engine = this; }
        };
      };
    `,
  });
}

/** To be run in such a page: the engine traps now. What the page sees of it is the shim's affair. */
export function trap() {
  try {
    globalThis.engine?.trap();
  } catch {
    // As expected.
  }
}
