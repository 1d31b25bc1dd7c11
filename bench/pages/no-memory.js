/** Stands for the engine's generated module: the same, but no memory layer. */

import real from 'the-real-glue';

export default (module) =>
  class extends real(module) {
    constructor(host, options) {
      super(host, { ...options, memoryBytes: 0 });
    }
  };
