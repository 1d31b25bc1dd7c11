/** The panel costs nobody anything who does not ask for it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { build } from 'esbuild';

import { command } from '../../scripts/terminal/command.mjs';
import { EXTERNAL } from '../../scripts/size-budget.mjs';
import { ROOT } from '../support/paths.mjs';

/** What an application's bundle of these lines holds, as text. */
async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    outdir: '/out',
    external: EXTERNAL,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}

test('no entry brings the panel along', async () => {
  const text = await bundle("export * from 'hybrid-cache'; export * from 'hybrid-cache/angular';");
  assert.match(text, /provideHybridCache/);
  assert.doesNotMatch(text, /hybrid-cache-panel/);
});

test('a bare import of the panel’s entry is not taken for an idle one', async () => {
  for (const line of ["import 'hybrid-cache/devtools';", "void import('hybrid-cache/devtools');"]) {
    assert.match(await bundle(line), /customElements\.define\("hybrid-cache-panel"/, line);
  }
});

test('its types hold under strict checking', async () => {
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom'];
  await command('node_modules/.bin/tsc', [...flags, 'tests/devtools/types.ts'], { cwd: ROOT, log: 'devtools-types' });
});
