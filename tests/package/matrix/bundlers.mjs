/** The package in pages without a framework: through bundlers that know nothing of it, and as it is installed. */

import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { run } from '../../support/command.mjs';
import { cacheFolder } from '../../support/paths.mjs';
import { startServer } from '../../support/server.mjs';
import { journey } from './journey.mjs';

const OWN = fileURLToPath(new URL('bundlers/', import.meta.url));

/** A page that loads one script, for bundlers that write none. */
const PAGE = '<!doctype html><html lang="en"><title>hybrid-cache in a bundle</title><script type="module" src="/page.js"></script></html>';

export function bundlerCells() {
  let installed;
  const folder = (tarball) => (installed ??= install(tarball));
  const bundled = (bundle) => async ({ tarball, browser }) => {
    const home = await folder(tarball);
    const out = join(home, 'dist');
    rmSync(out, { recursive: true, force: true });
    await bundle(home, out);
    if (!existsSync(join(out, 'index.html'))) writeFileSync(join(out, 'index.html'), PAGE);
    await visit(browser, { '/': out });
  };
  return {
    'vite build': bundled((root, outDir) => withVite(root, ({ build }) => build({ root, logLevel: 'warn', configFile: false, build: { outDir, emptyOutDir: true } }))),
    'vite dev': async ({ tarball, browser }) => {
      const root = await folder(tarball);
      const server = await startServer();
      try {
        await withVite(root, async ({ createServer }) => {
          const dev = await createServer({ root, configFile: false, logLevel: 'warn', server: { host: '127.0.0.1', port: 0, hmr: false, proxy: { '/api': server.origin } } });
          try {
            await dev.listen();
            await journey(browser, server, `http://127.0.0.1:${dev.httpServer.address().port}/`);
          } finally {
            await dev.close();
          }
        });
      } finally {
        await server.close();
      }
    },
    webpack: bundled(async (context, path) => {
      const webpack = createRequire(join(context, 'package.json'))('webpack');
      const compiler = webpack({ mode: 'production', context, entry: './page.js', performance: false, output: { path, filename: 'page.js', module: true }, experiments: { outputModule: true } });
      const stats = await new Promise((done, fail) => compiler.run((error, result) => (error ? fail(error) : done(result))));
      await new Promise((done) => compiler.close(done));
      if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString('errors-warnings'));
    }),
    esbuild: bundled(async (absWorkingDir, outdir) => {
      const { build } = await tool(absWorkingDir, 'esbuild', 'lib/main.js');
      const { warnings } = await build({ absWorkingDir, entryPoints: ['page.js'], bundle: true, splitting: true, minify: true, format: 'esm', outdir, logLevel: 'silent' });
      if (warnings.length) throw new Error(warnings.map(({ text }) => text).join('\n'));
    }),
    'plain page, import map': async ({ tarball, browser }) => visit(browser, { '/': await folder(tarball) }),
  };
}

async function visit(browser, files) {
  const server = await startServer({ files });
  try {
    await journey(browser, server, `${server.origin}/index.html`);
  } finally {
    await server.close();
  }
}

const tool = async (folder, name, path) => {
  const loaded = await import(pathToFileURL(join(folder, 'node_modules', name, path)).href);
  return loaded.build ? loaded : loaded.default;
};

/** Vite, for `work`. It sets `NODE_ENV` for the whole process, and an npm that hears `production` installs no tools for the cells that follow. */
async function withVite(root, work) {
  const { NODE_ENV } = process.env;
  try {
    return await work(await tool(root, 'vite', 'dist/node/index.js'));
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
}

/** The bundlers as locked, and the tarball beside them. */
async function install(tarball) {
  const folder = cacheFolder('tests', 'bundlers');
  cpSync(OWN, folder, { recursive: true });
  const mark = join(folder, 'node_modules/.installed-from');
  const lock = readFileSync(join(OWN, 'package-lock.json'), 'utf8');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lock) {
    await run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder });
    writeFileSync(mark, lock);
  }
  rmSync(join(folder, 'node_modules/hybrid-cache'), { recursive: true, force: true });
  rmSync(join(folder, 'node_modules/.vite'), { recursive: true, force: true });
  await run('npm', ['install', '--no-save', '--no-package-lock', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: folder });
  return folder;
}
