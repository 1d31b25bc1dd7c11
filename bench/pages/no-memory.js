/** Stands for the engine's generated module: the same, but no memory layer. */

import { Engine as Real } from 'the-real-glue';

export * from 'the-real-glue';

export class Engine extends Real {
  constructor(host, options) {
    super(host, { ...options, memoryBytes: 0 });
  }
}
