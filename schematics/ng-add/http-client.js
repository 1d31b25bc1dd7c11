'use strict';

/** Where an application provides `HttpClient`, and how the interceptor gets in there. */

const { workspaceRequire } = require('../workspace-require');

let compiler;

/** The workspace's own TypeScript, with which `@schematics/angular` reads sources from Angular 22 on; before, it has one of its own. */
function ts() {
  try {
    compiler ??= workspaceRequire('@schematics/angular/third_party/github.com/Microsoft/TypeScript/lib/typescript');
  } catch {
    compiler ??= workspaceRequire('typescript');
  }
  return compiler;
}

const PACKAGE = 'hybrid-cache/angular';
const INTERCEPTOR = 'hybridCacheInterceptor';

/** The sources of an application: not its tests, and not what only its server runs. */
function sources(tree, folder) {
  const files = [];
  tree.getDir(folder).visit((path) => {
    if (path.endsWith('.ts') && !/\.(spec|test|server|d)\.ts$|\/node_modules\//.test(path)) files.push(path);
  });
  return files.map((path) => ({ path, text: tree.readText(path) }));
}

/** Every call of `provideHttpClient`, as `{ path, file, call }`. */
function httpClients(tree, folder) {
  const found = [];
  for (const { path, text } of sources(tree, folder)) {
    if (!text.includes('provideHttpClient')) continue;
    const file = ts().createSourceFile(path, text, ts().ScriptTarget.Latest, true);
    const visit = (node) => {
      if (ts().isCallExpression(node) && node.expression.getText() === 'provideHttpClient') found.push({ path, file, call: node });
      ts().forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

/** Does the application still import `HttpClientModule`, which asks for class interceptors only? */
const usesModule = (tree, folder) => sources(tree, folder).some(({ text }) => /\bHttpClientModule\b/.test(text));

const isCallOf = (node, name) => ts().isCallExpression(node) && node.expression.getText() === name;

/**
 * What to insert into a call, as `{ at, text, imports }`; `undefined` if the interceptor is there; `null` if what is
 * written there is not understood well enough to be touched.
 */
function insertion(call) {
  if (new RegExp(`\\b(${INTERCEPTOR}|CacheInterceptor)\\b`).test(call.getText())) return undefined;
  const given = call.arguments;
  if (!given.every((argument) => ts().isCallExpression(argument))) return null;
  const last = given.filter((argument) => /^withInterceptors(FromDi)?$/.test(argument.expression.getText())).at(-1);
  if (last && isCallOf(last, 'withInterceptors')) {
    const [list] = last.arguments;
    if (!list || !ts().isArrayLiteralExpression(list) || list.elements.some((element) => ts().isSpreadElement(element))) return null;
    // Behind those that add credentials (see docs/angular.md).
    const end = list.elements.at(-1);
    return { at: end ? end.getEnd() : list.getStart() + 1, text: `${end ? ', ' : ''}${INTERCEPTOR}`, imports: [] };
  }
  const end = given.at(-1);
  const text = `${end ? ', ' : ''}withInterceptors([${INTERCEPTOR}])`;
  return { at: end ? end.getEnd() : call.arguments.pos, text, imports: ['withInterceptors'] };
}

/** Puts the interceptor into a call; answers what was done, or the line that has to be written by hand. */
function addInterceptor(tree, { path, file, call }) {
  const line = `${path}: add ${INTERCEPTOR} (from '${PACKAGE}') to provideHttpClient(withInterceptors([…])), behind the interceptors that add credentials`;
  const found = insertion(call);
  if (found === undefined) return { done: `${path}: the interceptor was there already` };
  if (found === null) return { left: line };
  const { insertImport } = workspaceRequire('@schematics/angular/utility/ast-utils');
  const { InsertChange, applyToUpdateRecorder } = workspaceRequire('@schematics/angular/utility/change');
  const changes = [
    new InsertChange(path, found.at, found.text),
    insertImport(file, path, INTERCEPTOR, PACKAGE),
    ...found.imports.map((name) => insertImport(file, path, name, '@angular/common/http')),
  ];
  const recorder = tree.beginUpdate(path);
  applyToUpdateRecorder(recorder, changes);
  tree.commitUpdate(recorder);
  return { done: `${path}: ${INTERCEPTOR} is among the interceptors, last` };
}

module.exports = { INTERCEPTOR, PACKAGE, addInterceptor, httpClients, sources, usesModule };
