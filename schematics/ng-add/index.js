'use strict';

/** `ng add hybrid-cache`: see `schema.json` for its options and docs/angular.md for what it leaves to do. */

const { INTERCEPTOR, PACKAGE, addInterceptor, httpClients, sources, usesModule } = require('./http-client');
const { workspaceRequire } = require('../workspace-require');

const FILE = 'hybrid_cache_bg.wasm';
const ASSET = { glob: FILE, input: 'node_modules/hybrid-cache/pkg', output: 'assets' };
const OLDEST = 19;

exports.default = ({ project: asked, wasm = 'inline' }) => async (tree, context) => {
  const { addRootProvider, readWorkspace, updateWorkspace } = workspaceRequire('@schematics/angular/utility');
  const { chain } = workspaceRequire('@angular-devkit/schematics');
  const workspace = await readWorkspace(tree);
  const [name, project] = application(workspace, asked);
  checkAngular(tree);

  const folder = project.sourceRoot ?? `${project.root}/src`;
  const [done, left] = [[], []];
  const rules = [];
  const clients = httpClients(tree, folder);
  const byClass = !clients.length && usesModule(tree, folder);

  if (sources(tree, folder).some(({ text }) => /\bprovideHybridCache\s*\(/.test(text))) {
    done.push('provideHybridCache() was there already and was left as it is');
  } else {
    rules.push(
      addRootProvider(name, ({ code, external }) => {
        const provide = external('provideHybridCache', PACKAGE);
        const options = `{ user: () => null${wasm === 'asset' ? `, wasmUrl: '${ASSET.output}/${FILE}'` : ''} }`;
        if (byClass) return code`${provide}(${options}, ${external('withHttpInterceptorClass', PACKAGE)}())`;
        return code`${provide}(${options})`;
      }),
    );
    done.push('provideHybridCache() is among the providers of the application');
    left.push('name the user: replace `user: () => null` by a function that returns the id of whoever is signed in, or null; until then nothing is cached');
  }

  if (byClass) {
    done.push('the application uses HttpClientModule, so the interceptor is registered as a class');
  } else if (!clients.length) {
    rules.push(
      addRootProvider(name, ({ code, external }) => {
        const http = (what) => external(what, '@angular/common/http');
        return code`${http('provideHttpClient')}(${http('withInterceptors')}([${external(INTERCEPTOR, PACKAGE)}]))`;
      }),
    );
    done.push(`provideHttpClient(withInterceptors([${INTERCEPTOR}])) is among the providers of the application`);
  } else if (clients.length === 1) {
    const { done: edited, left: line } = addInterceptor(tree, clients[0]);
    if (edited) done.push(edited);
    if (line) left.push(line);
  } else {
    const places = clients.map(({ path }) => path).join(', ');
    left.push(`HttpClient is provided in several places (${places}): add ${INTERCEPTOR} (from '${PACKAGE}') to withInterceptors([…]) where requests are to be cached`);
  }

  if (wasm === 'asset') {
    rules.push(
      updateWorkspace((changed) => {
        const { targets } = changed.projects.get(name);
        for (const target of [targets.get('build'), targets.get('test')]) addAsset(target);
      }),
    );
    done.push(`${FILE} is among the assets, and wasmUrl names it`);
  }
  left.push("if the page has a Content-Security-Policy, add 'wasm-unsafe-eval' to its script-src");

  for (const line of done) context.logger.info(`  done: ${line}`);
  for (const line of left) context.logger.info(`  left: ${line}`);
  return chain(rules);
};

/** The application that is meant: the named one, or the only one. */
function application(workspace, asked) {
  const applications = [...workspace.projects].filter(([, { extensions }]) => extensions.projectType === 'application');
  const found = asked === undefined ? (applications.length === 1 ? applications[0] : undefined) : applications.find(([name]) => name === asked);
  if (found) return found;
  const names = applications.map(([name]) => name).join(', ') || 'none';
  throw new Error(`hybrid-cache: which application is meant? Say it with --project; there are: ${names}.`);
}

/** A range that begins with an older Angular would install something that does not compile. */
function checkAngular(tree) {
  const { dependencies = {} } = JSON.parse(tree.readText('package.json'));
  const major = Number(/\d+/.exec(dependencies['@angular/core'] ?? '')?.[0]);
  if (major < OLDEST) throw new Error(`hybrid-cache: needs Angular ${OLDEST} or newer, and this workspace has ${dependencies['@angular/core']}.`);
}

/** Builders that copy assets; the builder of unit tests without a browser knows none, and refuses what it does not know. */
function addAsset(target) {
  if (!target || !/:(application|browser|browser-esbuild|karma)$/.test(target.builder)) return;
  const options = (target.options ??= {});
  options.assets ??= [];
  if (!options.assets.some(({ glob }) => glob === FILE)) options.assets.push(ASSET);
}
