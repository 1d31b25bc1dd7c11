/** `ng add hybrid-cache`, on workspaces as people have them; in memory, with the schematics of a real Angular CLI. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, test } from 'node:test';

import { installed, packed } from './install.mjs';

let app;
let SchematicTestRunner;
let Tree;

before(async () => {
  app = process.env.HYBRID_CACHE_NG_ADD_APP ?? (await installed(await packed()));
  // `ng` runs in the workspace's folder, and the schematic finds the CLI from there.
  process.chdir(app);
  const require = createRequire(join(app, 'node_modules/@angular/cli/package.json'));
  ({ SchematicTestRunner } = require('@angular-devkit/schematics/testing'));
  ({ Tree } = require('@angular-devkit/schematics'));
}, { timeout: 600_000 });

const MAIN = `import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';

bootstrapApplication(App, appConfig).catch((err) => console.error(err));
`;

const config = (providers, imports = '') => `import { ApplicationConfig } from '@angular/core';
import { provideRouter } from '@angular/router';
${imports}
export const appConfig: ApplicationConfig = {
  providers: [provideRouter([])${providers ? `, ${providers}` : ''}],
};
`;

const HTTP = "import { provideHttpClient, withFetch, withInterceptors, withInterceptorsFromDi } from '@angular/common/http';\nimport { auth } from './auth';\n";

/** A workspace with one application; `files` are added to it. */
function workspace(files, { angular = '^19.2.0', test = '@angular-devkit/build-angular:karma' } = {}) {
  const tree = Tree.empty();
  const architect = {
    build: { builder: '@angular/build:application', options: { browser: 'src/main.ts', assets: [{ glob: '**/*', input: 'public' }] } },
    test: { builder: test, options: {} },
  };
  tree.create('angular.json', JSON.stringify({ version: 1, projects: { desk: { projectType: 'application', root: '', sourceRoot: 'src', prefix: 'app', architect } } }));
  tree.create('package.json', JSON.stringify({ dependencies: { '@angular/core': angular } }));
  for (const [path, text] of Object.entries({ 'src/main.ts': MAIN, ...files })) tree.create(path, text);
  return tree;
}

/** Runs it: `{ tree, said, config }`. */
async function add(tree, options = {}) {
  const runner = new SchematicTestRunner('hybrid-cache', join(app, 'node_modules/hybrid-cache/schematics/collection.json'));
  const said = [];
  runner.logger.subscribe(({ message }) => said.push(message.trim()));
  const after = await runner.runSchematic('ng-add', options, tree);
  return { tree: after, said, config: after.exists('src/app/app.config.ts') ? after.readText('src/app/app.config.ts') : '' };
}

/** The text without what formatting decides. */
const dense = (text) => text.replace(/\s+/g, '').replace(/,([\])}])/g, '$1');

const holds = (text, part) => assert.ok(dense(text).includes(dense(part)), `${part}\nis not in\n${text}`);

test('a fresh application gets both providers, and hears what is left to do', async () => {
  const { config: text, said } = await add(workspace({ 'src/app/app.config.ts': config('') }));
  holds(text, 'provideHybridCache({ user: () => null }), provideHttpClient(withInterceptors([hybridCacheInterceptor]))');
  holds(text, "import { provideHybridCache, hybridCacheInterceptor } from 'hybrid-cache/angular'");
  holds(text, "import { provideHttpClient, withInterceptors } from '@angular/common/http'");
  assert.ok(said.some((line) => /^left: name the user/.test(line)), said.join('\n'));
  assert.ok(said.some((line) => /^left: .*wasm-unsafe-eval/.test(line)), said.join('\n'));
});

test('a second time changes nothing', async () => {
  const first = await add(workspace({ 'src/app/app.config.ts': config('') }), { wasm: 'asset' });
  const workspaceFile = first.tree.readText('angular.json');
  const second = await add(first.tree, { wasm: 'asset' });
  assert.equal(second.config, first.config);
  assert.equal(second.tree.readText('angular.json'), workspaceFile);
});

const EDITS = {
  'without arguments': ['provideHttpClient()', 'provideHttpClient(withInterceptors([hybridCacheInterceptor]))'],
  'with interceptors': ['provideHttpClient(withFetch(), withInterceptors([auth]))', 'provideHttpClient(withFetch(), withInterceptors([auth, hybridCacheInterceptor]))'],
  'with none in the list': ['provideHttpClient(withInterceptors([]))', 'provideHttpClient(withInterceptors([hybridCacheInterceptor]))'],
  'with class interceptors, which may add credentials': ['provideHttpClient(withInterceptors([auth]), withInterceptorsFromDi())', 'provideHttpClient(withInterceptors([auth]), withInterceptorsFromDi(), withInterceptors([hybridCacheInterceptor]))'],
  'over several lines': ['provideHttpClient(\n      withInterceptors([\n        auth,\n      ]),\n    )', 'provideHttpClient(withInterceptors([auth, hybridCacheInterceptor]))'],
};

for (const [how, [before_, after_]] of Object.entries(EDITS)) {
  test(`an existing provideHttpClient ${how} is joined`, async () => {
    const { config: text, said } = await add(workspace({ 'src/app/app.config.ts': config(before_, HTTP) }));
    holds(text, after_);
    holds(text, 'provideHybridCache({ user: () => null })');
    assert.equal(text.match(/provideHttpClient\(/g).length, 1);
    assert.equal(text.match(/from '@angular\/common\/http'/g).length, 1);
    assert.ok(!said.some((line) => /^left: .*hybridCacheInterceptor/.test(line)), said.join('\n'));
  });
}

for (const unclear of ['provideHttpClient(...features)', 'provideHttpClient(withInterceptors(all))', 'provideHttpClient(withInterceptors([...all]))', 'provideHttpClient(features)']) {
  test(`${unclear} is left alone, and the line is printed`, async () => {
    const { config: text, said } = await add(workspace({ 'src/app/app.config.ts': config(unclear, HTTP) }));
    holds(text, unclear);
    assert.ok(!text.includes('hybridCacheInterceptor'));
    holds(text, 'provideHybridCache({ user: () => null })');
    assert.ok(said.some((line) => /^left: \/src\/app\/app.config.ts: add hybridCacheInterceptor/.test(line)), said.join('\n'));
  });
}

test('a provideHttpClient elsewhere is found; several are left alone', async () => {
  const core = `${HTTP}export const core = [provideHttpClient(withInterceptors([auth]))];\n`;
  const one = await add(workspace({ 'src/app/app.config.ts': config('...core', "import { core } from './core';\n"), 'src/app/core.ts': core, 'src/app/x.spec.ts': core, 'src/app/app.config.server.ts': core }));
  holds(one.tree.readText('src/app/core.ts'), 'withInterceptors([auth, hybridCacheInterceptor])');
  assert.ok(!one.config.includes('provideHttpClient'));
  assert.equal(one.tree.readText('src/app/x.spec.ts'), core);
  const two = await add(workspace({ 'src/app/app.config.ts': config('...core', "import { core } from './core';\n"), 'src/app/core.ts': core, 'src/app/lazy.ts': core }));
  assert.equal(two.tree.readText('src/app/core.ts'), core);
  assert.ok(two.said.some((line) => /^left: .*several places.*core.ts.*lazy.ts/.test(line)), two.said.join('\n'));
});

test('an application of modules with HttpClientModule gets the class', async () => {
  const module = `import { NgModule } from '@angular/core';
import { HttpClientModule } from '@angular/common/http';
import { BrowserModule } from '@angular/platform-browser';
import { AppComponent } from './app.component';
@NgModule({ declarations: [AppComponent], imports: [BrowserModule, HttpClientModule], providers: [], bootstrap: [AppComponent] })
export class AppModule {}
`;
  const main = "import { platformBrowserDynamic } from '@angular/platform-browser-dynamic';\nimport { AppModule } from './app/app.module';\nplatformBrowserDynamic().bootstrapModule(AppModule);\n";
  const { tree } = await add(workspace({ 'src/main.ts': main, 'src/app/app.module.ts': module }));
  const text = tree.readText('src/app/app.module.ts');
  holds(text, 'provideHybridCache({ user: () => null }, withHttpInterceptorClass())');
  assert.ok(!text.includes('provideHttpClient'));
});

test('asset: the file is among the assets, of the tests only where their builder knows assets', async () => {
  for (const [builder, known] of [['@angular-devkit/build-angular:karma', true], ['@angular/build:karma', true], ['@angular/build:unit-test', false]]) {
    const { tree, config: text } = await add(workspace({ 'src/app/app.config.ts': config('') }, { test: builder }), { wasm: 'asset' });
    holds(text, "provideHybridCache({ user: () => null, wasmUrl: 'assets/hybrid_cache_bg.wasm' })");
    const { build, test: target } = JSON.parse(tree.readText('angular.json')).projects.desk.architect;
    const expected = { glob: 'hybrid_cache_bg.wasm', input: 'node_modules/hybrid-cache/pkg', output: 'assets' };
    assert.deepEqual(build.options.assets.at(-1), expected);
    assert.equal(build.options.assets.length, 2);
    assert.deepEqual(target.options.assets, known ? [expected] : undefined, builder);
  }
});

test('an Angular that is too old, or an application that does not exist, is an error that says so', async () => {
  await assert.rejects(add(workspace({ 'src/app/app.config.ts': config('') }, { angular: '^18.2.0' })), /needs Angular 19 or newer.*\^18\.2\.0/);
  await assert.rejects(add(workspace({ 'src/app/app.config.ts': config('') }), { project: 'shop' }), /which application.*desk/);
});
