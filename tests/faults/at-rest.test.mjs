/** What a browser leaves on the disk: the whole profile is searched for words that only a response held. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { BACK_ENDS } from '../chaos/back-ends.mjs';
import { openBrowser } from '../support/browser.mjs';
import { ENGINE, needs } from '../support/engine.mjs';
import { builtPackage, temporaryFolder } from '../support/paths.mjs';
import { openSealed } from '../support/sealed.mjs';
import { startServer } from '../support/server.mjs';

/** So many random words that one of them is written as it is, however the rest of the block is compressed. */
const words = () => Array.from({ length: 8 }, () => randomBytes(9).toString('base64url'));

/** Where a response may hold them, and how: text that is kept in one byte a character or in two, bytes, header lines. */
const PLACES = {
  '/api/narrow': (marker) => ({ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(marker) }),
  '/api/wide': (marker) => ({ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify([...marker, '日本']) }),
  '/api/bytes': (marker) => ({ headers: { 'Content-Type': 'application/octet-stream' }, body: marker.join(' ') }),
  '/api/header': (marker) => ({ headers: { 'X-Marker': marker.join(' ') } }),
};

/** Every file below a folder. */
function files(folder) {
  const all = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((item) => item.isFile());
  assert.ok(all.some(({ parentPath }) => /IndexedDB|idb$/.test(parentPath)), 'the profile has an IndexedDB');
  return all.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
}

/** Is one of the words there, in one byte a character or in two? */
function holds(contents, marker) {
  const forms = marker.flatMap((word) => [Buffer.from(word, 'latin1'), Buffer.from(word, 'utf16le')]);
  return contents.some((bytes) => forms.some((form) => bytes.includes(form)));
}

/** Stores one response for each place, ends the browser, and tells in which places its words are found on the disk. */
async function found(t, flags, secret) {
  const server = await startServer({ files: { '/package/': builtPackage() } });
  t.after(() => server.close());
  const profile = temporaryFolder('profile');
  t.after(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  const markers = Object.fromEntries(Object.keys(PLACES).map((path) => [path, words()]));
  for (const [path, marker] of Object.entries(markers)) {
    const { headers, body } = PLACES[path](marker);
    // The browser's own cache is not what is looked at.
    server.alter(path, { headers: { 'Cache-Control': 'private, no-store', ...headers }, body });
  }
  const browser = await openBrowser({ profile, flags });
  try {
    const page = await browser.tab();
    if (secret) await openSealed(page, server, secret, { user: 'alice' });
    else await page.open(server, { user: 'alice' });
    for (const path of Object.keys(PLACES)) await page.get(path);
    await page.stored(Object.keys(PLACES).length);
    for (const path of Object.keys(PLACES)) {
      const answer = await page.get(path);
      assert.ok(JSON.stringify(answer).includes(markers[path][0]));
      assert.notEqual(await page.source(path), 'network');
    }
  } finally {
    await browser.close();
  }
  const contents = files(profile);
  return Object.keys(PLACES).filter((path) => holds(contents, markers[path]));
}

const backEnds = ENGINE === 'chromium' ? BACK_ENDS : { [`the one of ${ENGINE}`]: [] };

for (const [name, flags] of Object.entries(backEnds)) {
  test(`on ${name} a response is on the disk as it was, and with encryptAtRest nowhere`, needs('disk'), async (t) => {
    assert.deepEqual(await found(t, flags), Object.keys(PLACES), 'without it, so the search finds what there is');
    assert.deepEqual(await found(t, flags, randomBytes(16).toString('base64')), []);
  });
}
