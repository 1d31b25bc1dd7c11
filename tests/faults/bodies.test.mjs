/** What a caller, or the browser itself, may do with the body of a response, before and after it is kept. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { oneBrowser } from '../support/stage.mjs';

const stage = oneBrowser();

/** Run in the page: each takes a response and answers the text of its body. */
const WAYS = {
  text: (response) => response.text(),
  json: async (response) => JSON.stringify(await response.json()),
  arrayBuffer: async (response) => new TextDecoder().decode(await response.arrayBuffer()),
  blob: async (response) => (await response.blob()).text(),
  'a clone, then itself': async (response) => {
    const copy = response.clone();
    await response.text();
    return copy.text();
  },
  'its stream': (response) => new Response(response.body).text(),
  'its stream, piped': (response) => new Response(response.body.pipeThrough(new TransformStream())).text(),
  'the Cache API': async (response) => {
    // In a private window WebKit keeps nothing in one that was opened before a reload.
    const cache = await caches.open(`bodies ${performance.timeOrigin}`);
    await cache.put('/kept', response);
    return (await cache.match('/kept')).text();
  },
};

const TEXT = JSON.stringify({ name: 'Zoë', amount: '12 €', long: '漢字'.repeat(20_000) });

for (const [way, read] of Object.entries(WAYS)) {
  test(`a body read by way of ${way}: whole, and once, from the network, from IndexedDB and from memory`, async (t) => {
    const { server, tab } = await stage(t);
    const page = await (await tab()).open(server, { user: 'alice' });
    server.alter(/^\/api\/text/, { body: TEXT });
    const seen = () =>
      page.run(async ([source, expected]) => {
        const response = await globalThis.cache.fetch('/api/text', { headers: { Authorization: 'Bearer alice' } });
        const used = response.bodyUsed;
        const text = await new Function(`return (${source})`)()(response);
        return { used, whole: text === expected, again: await response.text().catch(({ name }) => name) };
      }, [String(read), TEXT]);
    const whole = { used: false, whole: true, again: 'TypeError' };
    assert.deepEqual(await seen(), whole);
    assert.equal(await page.source('/api/text'), 'network');
    // The browser may have taken it before the cache could.
    if (way === 'the Cache API') await page.get('/api/text');
    await page.stored();
    assert.deepEqual(await seen(), whole);
    assert.equal(await page.source('/api/text'), 'memory');
    await page.reload();
    assert.deepEqual(await seen(), whole);
    assert.equal(await page.source('/api/text'), 'indexeddb');
    assert.ok(server.count('/api/text') <= (way === 'the Cache API' ? 2 : 1));
  });
}

test('a body that nobody reads is kept all the same', async (t) => {
  const { server, tab } = await stage(t);
  const page = await (await tab()).open(server, { user: 'alice' });
  await page.run(async () => void (await globalThis.cache.fetch('/api/a', { headers: { Authorization: 'Bearer alice' } })));
  await page.stored();
  assert.equal((await page.get('/api/a')).body.edition, 1);
  assert.equal(server.count('/api/a'), 1);
});
