/** `npm run pack`: builds, packs and checks the npm package; it is then `.cache/hybrid-cache.tgz`. */

import { relative } from 'node:path';

import { FOR_BUILD, bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { packTarball } from './build/tarball.mjs';
import { root, tarball } from './places.mjs';
import { step } from './terminal/step.mjs';
import { main } from './terminal/ending.mjs';

await main(async () => {
  await bootstrap(FOR_BUILD);
  await build();
  await step('npm package', packTarball);
  console.log(`\n${relative(root, tarball)}`);
});
