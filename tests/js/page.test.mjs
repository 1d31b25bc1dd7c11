import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createHybridCache } from '../../dist/index.js';
import { freeze, json, missStatus, size } from '../../dist/record.js';
import { openTabs } from '../../dist/tabs.js';
import { readyClient } from './support.mjs';

/** What of a page the library looks at. */
function page(t) {
  const target = () => Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const [window, document] = [new EventTarget(), target()];
  for (const name of ['addEventListener', 'removeEventListener']) {
    globalThis[name] = window[name].bind(window);
    t.after(() => delete globalThis[name]);
  }
  globalThis.document = document;
  t.after(() => delete globalThis.document);
  return { window, document };
}

test('the page comes back: what memory knows is doubted, whatever it was that happened', (t) => {
  const { window, document } = page(t);
  let wakes = 0;
  const tabs = openTabs(() => {}, () => wakes++);
  for (const [target, type] of [[window, 'pageshow'], [document, 'resume'], [document, 'visibilitychange']]) {
    const before = wakes;
    target.dispatchEvent(new Event(type));
    assert.equal(wakes, before + 1, type);
  }
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(wakes, 3);
  tabs.close();
  document.visibilityState = 'visible';
  for (const target of [window, document]) for (const type of ['pageshow', 'resume', 'visibilitychange']) target.dispatchEvent(new Event(type));
  assert.equal(wakes, 3, 'closed');
});

test('a page that goes away listens to no tab until it is back', async (t) => {
  const { window } = page(t);
  const heard = [];
  let arrived;
  const here = openTabs((partition) => { heard.push(partition); arrived?.(); }, () => {});
  const other = new BroadcastChannel('hybrid-cache');
  try {
    window.dispatchEvent(new Event('pagehide'));
    here.tell('lost');
    other.postMessage('while away');
    window.dispatchEvent(new Event('pageshow'));
    const back = new Promise((done) => (arrived = done));
    other.postMessage({ not: 'text' });
    other.postMessage('back');
    await back;
    assert.deepEqual(heard, ['back']);
  } finally {
    here.close();
    other.close();
  }
});

test('no channels: tabs are told nothing, and nothing breaks', (t) => {
  const kept = globalThis.BroadcastChannel;
  t.after(() => (globalThis.BroadcastChannel = kept));
  for (const channel of [undefined, class { constructor() { throw new Error('opaque origin'); } }]) {
    globalThis.BroadcastChannel = channel;
    const tabs = openTabs(() => {}, () => {});
    tabs.tell('x');
    tabs.close();
  }
});

test('window.hybridCache: there unless it is switched off, gone when closed', (t) => {
  globalThis.window = globalThis;
  t.after(() => { delete globalThis.window; delete globalThis.hybridCache; });
  const hidden = createHybridCache({ expose: false });
  t.after(() => hidden.close());
  assert.equal(globalThis.hybridCache, undefined);
  const first = createHybridCache();
  const look = globalThis.hybridCache;
  assert.deepEqual(Object.keys(look).sort(), ['clear', 'diagnose', 'entries', 'explain', 'stats', 'version']);
  assert.equal(look.version(), null);
  assert.equal(look.stats().hits, 0);
  const second = createHybridCache();
  first.close();
  assert.ok(globalThis.hybridCache, 'the second client’s');
  second.close();
  assert.equal(globalThis.hybridCache, undefined);
});

test('sizes: what browsers keep in one byte a character, and what they do not', () => {
  assert.equal(size('abcé'), 4);
  assert.equal(size('abc€'), 8);
  assert.equal(size(new ArrayBuffer(5)), 5);
});

test('JSON: a value of one’s own, or one frozen value for all', () => {
  const record = { body: '{"a":[{"b":1}]}' };
  assert.notEqual(json(record, false), json(record, false));
  const shared = json(record, true);
  assert.equal(json(record, true), shared);
  assert.throws(() => { 'use strict'; shared.a[0].b = 2; }, TypeError);
  assert.throws(() => shared.a.push(1), TypeError);
  assert.equal(json({ body: 'null' }, true), null);
  assert.equal(freeze(7), 7);
});

test('Cache-Status of what the network answered (RFC 9211)', () => {
  const of = (plan, why, method = 'GET') => missStatus({ plan, why, method }, false);
  assert.equal(of('lookup', 'absent'), 'hybrid-cache; fwd=uri-miss; detail=absent');
  assert.equal(of('lookup', 'expired'), 'hybrid-cache; fwd=stale; detail=expired');
  assert.equal(of('lookup', 'generation'), 'hybrid-cache; fwd=miss; detail=generation');
  assert.equal(of('store', 'refresh'), 'hybrid-cache; fwd=request; detail=refresh');
  assert.equal(of('observe', 'asked'), 'hybrid-cache; fwd=request; detail=asked');
  assert.equal(of('observe', 'rule'), 'hybrid-cache; fwd=bypass; detail=rule');
  assert.equal(of('observe', 'method', 'POST'), 'hybrid-cache; fwd=method; detail=method');
  assert.equal(missStatus({ plan: 'lookup', why: 'absent', method: 'GET' }, true, true), 'hybrid-cache; fwd=uri-miss; stored; collapsed; detail=absent');
});

test('explain answers by itself what the options decide', async (t) => {
  const { client } = await readyClient(t, { include: ['/api/'], rules: [{ match: '/api/live', cache: false }] });
  const verdict = async (url) => {
    const { served, verdict: word, reason } = await client.explain(url);
    assert.equal(served, false);
    return `${word}: ${reason}`;
  };
  assert.match(await verdict('data:,x'), /^bypass: .*http/);
  assert.match(await verdict('/other'), /^bypass: .*include/);
  assert.match(await verdict('/api/live'), /^bypass: .*cache: false/);
  client.close();
  assert.match(await verdict('/api/x'), /^unavailable: .*closed/);
});
