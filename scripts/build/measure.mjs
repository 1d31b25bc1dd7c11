/** How large the package is for a page that imports it: bundled and minified as applications do, then compressed. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import { build } from 'esbuild';

import { root } from '../places.mjs';
import { linked, PRODUCTION } from './linked.mjs';
import { ENTRIES, EXTERNAL, FILE, IMPORTS, ON_DEMAND, TEXT } from '../size-budget.mjs';

/** How applications are bundled. */
const AS_APPLICATIONS = { absWorkingDir: root, bundle: true, minify: true, format: 'esm', target: 'es2022', external: EXTERNAL, define: PRODUCTION, write: false, logLevel: 'silent' };

/** Bytes of one file: as it is, gzip -9, brotli 11. */
export function weigh(bytes) {
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length,
  };
}

/** The sum of files that travel one by one. */
export function sum(weights) {
  return weights.reduce((total, one) => ({ raw: total.raw + one.raw, gzip: total.gzip + one.gzip, brotli: total.brotli + one.brotli }), { raw: 0, gzip: 0, brotli: 0 });
}

/** What esbuild begins with: an entry, or some of its names. */
function beginning(entry, names) {
  if (!names) return { entryPoints: [entry] };
  return { stdin: { contents: `export { ${names.join(', ')} } from './${entry}';`, resolveDir: root } };
}

/** The size of one folder's own modules in one piece: those that some names of an entry lead to, and `lazy` ones. */
async function layer(entry, names, lazy) {
  const folder = join(root, dirname(entry));
  const own = ({ path, resolveDir, kind }) => kind !== 'dynamic-import' && join(resolveDir, path).startsWith(folder);
  const outside = {
    name: 'what is elsewhere stays there',
    setup: ({ onResolve }) => onResolve({ filter: /^\./ }, (module) => (own(module) ? undefined : { path: module.path, external: true, sideEffects: false })),
  };
  const { stdin } = beginning(entry, names);
  stdin.contents += lazy.map((path) => `export * from './${path}';`).join('');
  const { outputFiles } = await build({ ...AS_APPLICATIONS, stdin, plugins: [outside, linked] });
  return weigh(outputFiles[0].contents);
}

/** The chunks an entry is split into: `{ source, weight, when }`, `when` being `eager`, `soon` or `on demand`. */
async function chunks(entry, onDemand, names) {
  const { metafile, outputFiles } = await build({
    ...AS_APPLICATIONS,
    ...beginning(entry, names),
    splitting: true,
    plugins: [linked],
    outdir: '.cache/size',
    metafile: true,
  });
  const outputs = metafile.outputs;
  const first = Object.keys(outputs).find((path) => outputs[path].entryPoint === (names ? '<stdin>' : entry));
  const when = new Map();
  const visit = (path, moment) => {
    const order = ['eager', 'soon', 'on demand'];
    if (when.has(path) && order.indexOf(when.get(path)) <= order.indexOf(moment)) return;
    when.set(path, moment);
    for (const { path: next, kind, external } of outputs[path].imports) {
      if (external) continue;
      if (kind !== 'dynamic-import') visit(next, moment);
      else visit(next, moment === 'on demand' || onDemand.includes(outputs[next].entryPoint) ? 'on demand' : 'soon');
    }
  };
  visit(first, 'eager');
  const contents = new Map(outputFiles.map((file) => [file.path, file.contents]));
  const bytes = (moment) => [...when].filter(([, its]) => its === moment).map(([path]) => [path, contents.get(join(root, path))]);
  const lazy = ['soon', 'on demand'].flatMap((moment) =>
    bytes(moment).map(([path, content]) => ({
      source: outputs[path].entryPoint ?? `shared by several: ${Object.keys(outputs[path].inputs).join(', ')}`,
      when: moment,
      weight: weigh(content),
    })),
  );
  // Cut into chunks only because lazy parts share them; in an application's bundle they are one piece.
  const eager = Buffer.concat(bytes('eager').map(([, content]) => content));
  return [{ source: entry, when: 'eager', weight: weigh(eager) }, ...lazy];
}

/** Measures each entry: its chunks, and the totals that have a budget. */
export async function measure() {
  const file = weigh(readFileSync(join(root, FILE)));
  const entries = await Promise.all(
    Object.entries(ENTRIES).map(async ([name, path]) => {
      const all = await chunks(path, ON_DEMAND[name], IMPORTS[name]);
      const needed = all.filter(({ when }) => when !== 'on demand');
      const pick = (list) => sum(list.map(({ weight }) => weight));
      return {
        name,
        chunks: all,
        eager: pick(needed.filter(({ when }) => when === 'eager')),
        asText: pick(needed),
        asFile: sum([pick(needed.filter(({ source }) => source !== TEXT)), file]),
      };
    }),
  );
  const angular = 'hybrid-cache/angular';
  return { file, entries, angular: await layer(ENTRIES[angular], IMPORTS[angular], ['dist/angular/flow.js']) };
}
