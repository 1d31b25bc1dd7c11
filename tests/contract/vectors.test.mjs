/**
 * Reads vectors.json through the WebAssembly module that pages load for looking into the cache, in Node.
 *
 *     node --test tests/contract/vectors.test.mjs
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { before, test } from 'node:test';

const GLUE = new URL('../../pkg/inspect/hybrid_cache_inspect.js', import.meta.url);
const MODULE = new URL('../../pkg/inspect/hybrid_cache_inspect_bg.wasm', import.meta.url);
const vectors = JSON.parse(readFileSync(new URL('../../crates/hybrid-cache-contract/vectors.json', import.meta.url), 'utf8'));

/** What the module reads out of response headers, in the members that the vectors name. */
let read;

before(async () => {
  for (const file of [GLUE, MODULE]) {
    if (!existsSync(file)) throw new Error(`${file.pathname} is missing: run "npm run build:wasm" first`);
  }
  const { initSync, readStamp } = await import(GLUE);
  initSync({ module: readFileSync(MODULE) });
  read = (headers) => withNulls(readStamp(headers));
});

/** The module may leave a member undefined where the vectors say null. */
function withNulls(value) {
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withNulls(member)]));
}

/** `out` over `unset`; null stays null. */
function over(unset, out) {
  if (out === null) return null;
  for (const name of Object.keys(out)) assert.ok(name in unset, `no such member: ${name}`);
  return { ...unset, ...out };
}

/** Sends each case's text as this header and compares the stamp's member with what it should mean. */
function field(header, member, cases, meaning = (out) => out) {
  assert.ok(cases.length > 0);
  test(header, () => {
    for (const { in: text, out } of cases) {
      assert.deepEqual(read({ [header]: text })[member], meaning(out), `${header}: ${JSON.stringify(text)}`);
    }
  });
}

const orInvalid = (out) => out ?? 'invalid';

field('X-Cache-Version', 'version', vectors.version, orInvalid);
field('X-Cache-Enabled', 'enabled', vectors.enabled);
field('X-Cache-Scope', 'scope', vectors.scope);
field('Hybrid-Cache-Control', 'policy', vectors.policy.cases, (out) => over(vectors.policy.unset, out));
field('Cache-Control', 'cacheControl', vectors.cacheControl.cases, (out) => over(vectors.cacheControl.unset, out));
field('Age', 'age', vectors.age);
field('Date', 'date', vectors.date);
field('Cache-Groups', 'groups', vectors.groups.cases, orInvalid);
field('Cache-Group-Invalidation', 'groupInvalidation', vectors.groups.cases, orInvalid);

for (const { why, in: headers, out } of vectors.stamp.cases) {
  test(`stamp: ${why}`, () => {
    assert.deepEqual(read(headers), over(vectors.stamp.unset, out));
  });
}
