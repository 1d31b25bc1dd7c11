/** What is sealed comes out as it went in, in its place and with its key, or not at all. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encryption } from '../../dist/encryption/index.js';
import { deriveKey, isSame, isSealable, open, seal } from '../../dist/encryption/seal.js';
import { createHybridCache } from '../../dist/index.js';

const SECRET = 'a secret of the session';
const bytes = (...values) => new Uint8Array(values).buffer;

test('every kind of body comes out as it went in, with its status text and header lines', async () => {
  const key = await deriveKey(SECRET, 'alice');
  const bodies = ['', '{"a":1}', '\ufeffa byte order mark', 'ünïcödé 日本 \u{1f4b6}', 'zero \0 bytes \0', bytes(), bytes(0, 1, 255, 0), bytes(0xef, 0xbb, 0xbf)];
  for (const body of bodies) {
    const content = { body, statusText: 'OK', headers: 'content-type: text/plain\nx-note: é' };
    const sealed = await seal(key, 'here', content);
    assert.ok(sealed instanceof ArrayBuffer);
    assert.deepEqual(await open(key, 'here', sealed), content);
  }
});

test('text that UTF-8 cannot hold is known as such', () => {
  assert.ok(isSealable('\u{1f4b6}') && isSealable(bytes(0xd8, 0)));
  assert.ok(!isSealable('half a pair: \ud83d') && !isSealable('\udcb6'));
});

test('another secret, another user, another place, a changed bit: it does not open', async () => {
  const key = await deriveKey(SECRET, 'alice');
  const sealed = await seal(key, 'here', { body: 'text', statusText: '', headers: '' });
  await assert.rejects(deriveKey('another secret of a session', 'alice').then((other) => open(other, 'here', sealed)));
  await assert.rejects(deriveKey(SECRET, 'bob').then((other) => open(other, 'here', sealed)));
  await assert.rejects(open(key, 'there', sealed));
  for (let at = 0; at < sealed.byteLength; at++) {
    const changed = new Uint8Array(sealed.slice(0));
    changed[at] ^= 1;
    await assert.rejects(open(key, 'here', changed.buffer), `byte ${at}`);
  }
  for (const other of [bytes(), bytes(1, 2, 3), sealed.slice(0, 20), 'text', undefined]) await assert.rejects(open(key, 'here', other));
});

test('the same is never sealed twice in the same way', async () => {
  const key = await deriveKey(SECRET, 'alice');
  const content = { body: 'text', statusText: '', headers: '' };
  const [one, other] = [await seal(key, 'here', content), await seal(key, 'here', content)];
  assert.notDeepEqual(new Uint8Array(one), new Uint8Array(other));
  assert.ok(isSame(one, one.slice(0)) && !isSame(one, other) && !isSame(one, 'text') && !isSame(one, one.slice(0, 20)));
});

test('the key cannot be read out', async () => {
  const key = await deriveKey(SECRET, 'alice');
  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey('raw', key));
});

test('what is no secret and what is no encryption is refused with a sentence', () => {
  // And the message does not repeat the secret.
  assert.throws(() => encryption(SECRET), { name: 'TypeError', message: 'hybrid-cache: encryption() takes a function that tells the secret' });
  for (const wrong of [true, encryption, {}, null]) {
    assert.throws(() => createHybridCache({ encryptAtRest: wrong }), /TypeError: hybrid-cache: option "encryptAtRest" is .*; accepted is encryption\(secret\)/);
  }
});
