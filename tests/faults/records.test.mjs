/** Records that this code did not write, or that were damaged: read as if nothing were there. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { needs } from '../support/engine.mjs';
import { oneBrowser } from '../support/stage.mjs';

const stage = oneBrowser();

/**
 * Asks for `paths` until the answers to all of them are on record. IndexedDB may be given up on a busy machine, and opened
 * again; what was to be stored meanwhile is not, and nobody asks for it a second time.
 */
const kept = (page, paths) =>
  until(`${paths.join(' and ')} on record`, async () => {
    for (const path of paths) await page.get(path);
    const there = (await page.rows('entries')).map(([, { url }]) => new URL(url).pathname);
    return paths.every((path) => there.includes(path));
  }, 30_000);

const ENTRIES = {
  'another format': '{ ...record, format: 99 }',
  'no format': '(({ format, ...rest }) => rest)(record)',
  'a string': '"damaged"',
  'a number': '42',
  null: 'null',
  'an array': '[record]',
  'an empty object': '{}',
  'no body': '(({ body, ...rest }) => rest)(record)',
  'a body of another type': '{ ...record, body: { not: "text" } }',
  'a body that is a Blob': '{ ...record, body: new Blob(["x"]) }',
  'a status that is none': '{ ...record, status: "fine" }',
  'a status no response may have': '{ ...record, status: 99999 }',
  'headers of another type': '{ ...record, headers: 7 }',
  'headers that cannot be parsed': '{ ...record, headers: "no colon\\n: no name\\nbad name\\u0000: x" }',
  'times that are no numbers': '{ ...record, stored: "yesterday", fresh: {} }',
  'times that are NaN': '{ ...record, stored: NaN, fresh: NaN }',
  'a generation that is no number': '{ ...record, generation: "1" }',
  'a fractional generation': '{ ...record, generation: record.generation + 0.5 }',
  'a negative clock': '{ ...record, clock: -1 }',
  'another incarnation': '{ ...record, incarnation: 1 }',
  'another generation': '{ ...record, generation: record.generation + 1 }',
};

for (const [what, change] of Object.entries(ENTRIES)) {
  test(`an entry that is damaged (${what}) is a miss and is replaced`, what.includes('Blob') ? needs('blobs') : {}, async (t) => {
    const { server, tab } = await stage(t);
    const page = await (await tab()).open(server, { user: 'alice' });
    const paths = ['/api/a', '/api/b'];
    for (const path of paths) await page.get(path);
    await page.stored(2);
    assert.equal(await page.damage('entries', '', change), 2);
    await page.reload();
    for (const path of paths) {
      const { status, body } = await page.get(path);
      assert.equal(status, 200);
      assert.equal(body.path, path);
      assert.equal(await page.source(path), 'network');
    }
    await page.stored(2);
    await page.reload();
    for (const path of paths) {
      assert.equal((await page.get(path)).body.path, path);
      assert.equal(await page.source(path), 'indexeddb', 'stored anew');
    }
    page.assertQuiet();
  });
}

const OTHERS = {
  'the root record is a string': ['state', 'root', '"damaged"'],
  'the root record is of another format': ['state', 'root', '{ ...record, format: 99 }'],
  'the root record has no incarnation': ['state', 'root', '{ format: 1, highest: 3 }'],
  'the root record counts down': ['state', 'root', '{ ...record, highest: 0 }'],
  "the partition's state is null": ['state', 'p:', 'null'],
  "the partition's state is of another format": ['state', 'p:', '{ ...record, format: 99 }'],
  "the partition's state is empty": ['state', 'p:', '{}'],
  "the partition's state has a version that is none": ['state', 'p:', '{ ...record, version: "abc", generation: NaN }'],
  'the accounting is nonsense': ['state', 'usage', '{ bytes: "much", entries: -5 }'],
  'the directory is nonsense': ['directory', '', '"damaged"'],
  'the directory names other sizes': ['directory', '', '{ ...record, bytes: NaN, used: "never" }'],
};

for (const [what, [store, prefix, change]] of Object.entries(OTHERS)) {
  test(`${what}: the network's answer, nothing older, and then it caches again`, async (t) => {
    const { server, tab } = await stage(t);
    const page = await (await tab()).open(server, { user: 'alice' });
    await kept(page, ['/api/a', '/api/b']);
    assert.ok((await page.damage(store, prefix, change)) > 0, 'something was damaged');
    // Meanwhile the server moved on, and another tab saw it: what is on record is older.
    server.users.get('alice').edit();
    await page.reload();
    await page.get('/api/c');
    for (const path of ['/api/a', '/api/b']) assert.equal((await page.get(path)).body.edition, 2, path);
    await until('a hit', async () => {
      assert.equal((await page.get('/api/a')).body.edition, 2);
      return (await page.source('/api/a')) !== 'network';
    });
    await until('a hit after a reload', async () => {
      await page.reload();
      assert.equal((await page.get('/api/a')).body.edition, 2);
      return (await page.source('/api/a')) === 'indexeddb';
    });
    page.assertNoErrors();
  });
}
