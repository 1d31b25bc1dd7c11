/** The pages of the comparison: one with every contender on demand, and one per contender for the first hit. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { build } from 'esbuild';

import { measure } from '../../scripts/build/measure.mjs';
import { bundling } from '../build.mjs';
import { CONTENDERS } from './contenders.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Bundles them into `site`, beside the pages that are there. */
export async function buildPeers(site) {
  const loaders = Object.entries(CONTENDERS).map(([name, { file }]) => `${JSON.stringify(name)}: () => import('./contenders/${file}.js')`);
  const pages = { peers: `import { measure } from './pages/measure.js'; await measure({ ${loaders.join(', ')} });` };
  for (const { file } of Object.values(CONTENDERS)) {
    pages[`cold-${file}`] = `import { cold } from './pages/measure.js'; import { open } from './contenders/${file}.js'; await cold({ open });`;
  }
  for (const [name, contents] of Object.entries(pages)) {
    await build({ ...bundling(), stdin: { contents, resolveDir: HERE, sourcefile: `${name}.js` }, outdir: join(site, name), entryNames: name });
    const script = `<script type="module" src="/${name}/${name}.js"></script>`;
    writeFileSync(join(site, `${name}.html`), `<!doctype html><meta charset="utf-8"><title>${name}</title>${script}\n`);
  }
}

/** What a contender's own packages weigh in an application, brotli 11, bytes; Angular and rxjs, which are there anyway, left out. */
export async function weigh({ packages, ours }) {
  if (ours) return (await measure()).entries.find(({ name }) => name === 'hybrid-cache').asText.brotli;
  if (!packages) return undefined;
  const contents = packages.map((name, i) => `export * as p${i} from '${name}';`).join('\n');
  const stdin = { contents, resolveDir: HERE };
  const { outputFiles } = await build({ ...bundling(), stdin, external: ['@angular/*', 'rxjs', 'rxjs/*'], write: false, outdir: HERE });
  return outputFiles.reduce((sum, { contents: bytes }) => sum + brotliCompressSync(bytes).length, 0);
}
