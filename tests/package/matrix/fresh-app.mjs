/** Applications as `ng new` of some Angular makes them today, with the packed package added by `ng add`. */

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { run } from '../../support/command.mjs';
import { cacheFolder } from '../../support/paths.mjs';

/** What each Angular's tools ask of Node, where it is more than the repository does: a version of the npm package `node`. */
const NODE = { 22: '24' };

const NOT_SOURCES = ['node_modules', '.angular', 'dist', 'hybrid-cache.tgz', 'package-lock.json'];

/** The environment in which the tools of an Angular run. */
export async function environment(major) {
  const version = NODE[major];
  if (!version) return {};
  const folder = cacheFolder('tests', `node${version}`);
  const bin = join(folder, 'node_modules/node/bin');
  if (!existsSync(join(bin, 'node'))) {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    await run('npm', ['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', `node@${version}`], { cwd: folder });
  }
  return { PATH: bin + delimiter + process.env.PATH };
}

/**
 * The folder of a fresh application, with `server` one that is rendered on a server first. Made once and kept in `.cache`
 * with its packages; its sources are new each time.
 */
export async function freshApp(major, { server = false } = {}) {
  const env = await environment(major);
  const home = cacheFolder('tests', `fresh-angular${major}${server ? '-ssr' : ''}`);
  const [app, sources] = [join(home, 'app'), join(home, 'sources')];
  const copy = (from, to) => cpSync(from, to, { recursive: true, filter: (path) => !NOT_SOURCES.some((name) => path.startsWith(join(from, name))) });
  if (!existsSync(sources)) {
    rmSync(app, { recursive: true, force: true });
    // What a new application asks for in `@angular/build` has the number of the CLI, which may be the newer of the two.
    const version = await newest('@angular/build', major, home);
    const flags = server ? ['--ssr', '--routing=false', '--skip-install'] : ['--ssr=false'];
    const asked = ['new', 'app', '--defaults', '--interactive=false', '--skip-git', '--style=css', ...flags];
    await run('npx', ['-y', `@angular/cli@${version}`, ...asked], { cwd: home, env, limit: PATIENCE });
    if (server) await installWithServer(major, app, env);
    copy(app, sources);
  }
  for (const name of readdirSync(app)) if (name !== 'node_modules') rmSync(join(app, name), { recursive: true, force: true });
  copy(sources, app);
  return app;
}

/** The newest version of a package for an Angular that the registry has. */
async function newest(name, major, cwd) {
  const versions = JSON.parse(await run('npm', ['view', `${name}@${major}`, 'version', '--json'], { cwd }));
  return [versions].flat().sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

/** Angular's packages fit only those of the same release, and a registry may have the server's later than the others. */
async function installWithServer(major, app, env) {
  const file = join(app, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  for (const name of ['@angular/platform-server', '@angular/ssr']) {
    const [range, version] = [manifest.dependencies[name], await newest(name, major, app)];
    for (const group of [manifest.dependencies, manifest.devDependencies]) {
      for (const [other, asked] of Object.entries(group)) if (asked === range && other.startsWith('@angular')) group[other] = version;
    }
  }
  writeFileSync(file, JSON.stringify(manifest, null, 2));
  await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: app, env, limit: PATIENCE });
}

/** Adds the package to a fresh application, as its reader would: `ng add`. Answers what was printed. */
export async function addPackage(app, tarball, { env, options = [] }) {
  rmSync(join(app, 'node_modules/hybrid-cache'), { recursive: true, force: true });
  copyFileSync(tarball, join(app, 'hybrid-cache.tgz'));
  const said = await ng(app, ['add', './hybrid-cache.tgz', '--skip-confirmation', '--defaults', ...options], { env });
  if (!existsSync(join(app, 'node_modules/hybrid-cache'))) throw new Error(`ng add installed nothing:\n${said}`);
  return said;
}

/** What of `ng` is not over by then hangs, ms: a busy machine takes minutes for what takes seconds. */
const PATIENCE = 900_000;

/** Runs the workspace's own `ng`. */
export const ng = (app, words, { env, limit = PATIENCE } = {}) => run('node', ngCommand(words), { cwd: app, env, limit });

export const ngCommand = (words) => ['node_modules/@angular/cli/bin/ng.js', ...words];

/** Changes a file by a function of its text; an error if it changed nothing. */
export function edit(file, change) {
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} is not as it was expected to be:\n${before}`);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, after);
}
