/** Versions by push (R12): one stream for all tabs of a user. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { push } from '../../dist/push.js';
import { ORIGIN, readyClient, settle, stopClock } from './support.mjs';

/** Replaces a global for one test. */
function replace(t, name, value) {
  const kept = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
  t.after(() => (kept ? Object.defineProperty(globalThis, name, kept) : delete globalThis[name]));
}

/** A browser in which several tabs live: locks, channels and streams. */
function browser(t) {
  const held = new Map();
  const next = (name) => {
    const [first] = held.get(name) ?? [];
    if (first && !first.running) first.running = first.work().then(() => (held.get(name).shift(), next(name)));
  };
  const locks = {
    request(name, { signal }, work) {
      return new Promise((done, fail) => {
        const item = { work: async () => void done(await work()) };
        held.set(name, [...(held.get(name) ?? []), item]);
        signal.addEventListener('abort', () => {
          if (item.running) return;
          held.get(name).splice(held.get(name).indexOf(item), 1);
          fail(signal.reason);
        });
        next(name);
      });
    },
  };
  replace(t, 'navigator', { locks });
  const channels = new Set();
  replace(t, 'BroadcastChannel', class {
    constructor(name) {
      Object.assign(this, { name });
      channels.add(this);
    }
    postMessage(data) {
      for (const other of channels) if (other !== this && other.name === this.name) queueMicrotask(() => other.onmessage?.({ data: structuredClone(data) }));
    }
    close() {
      channels.delete(this);
    }
  });
  const streams = [];
  class Stream extends EventTarget {
    readyState = 1;
    constructor(url) {
      super();
      Object.assign(this, { url });
      streams.push(this);
    }
    says(data, type = 'message') {
      this.dispatchEvent(Object.assign(new Event(type), { data: typeof data === 'string' ? data : JSON.stringify(data) }));
    }
    close() {
      this.readyState = 2;
    }
  }
  return { streams, open: (url) => new Stream(url), channels };
}

const learned = (engine) => engine.calls.filter(([name]) => name === 'learn').map(([, ...values]) => values);

/** A tab in which `user` is signed in and listens. */
async function tab(t, { open }, user = 'ada') {
  const { client, engine } = await readyClient(t, { user });
  engine.learn = (handle, version, scope) => void engine.calls.push(['learn', engine.partitions[handle], version, scope]);
  const stop = push(client, { open });
  t.after(stop);
  await settle();
  return { client, engine, stop };
}

test('one stream for all tabs of a user; every tab learns; nothing but a version of this user is heard', async (t) => {
  const page = browser(t);
  const tabs = [await tab(t, page), await tab(t, page)];
  const other = await tab(t, page, 'bob');
  assert.deepEqual(page.streams.map(({ url }) => url), ['/api/cache/events/', '/api/cache/events/'], 'one for ada, one for bob');
  page.streams[0].says({ version: 7, scope: 's' });
  page.streams[0].says({ version: 8 }, 'version');
  for (const nonsense of ['x', '{}', 'null', { version: '9' }]) page.streams[0].says(nonsense);
  await settle();
  const expected = [[`${ORIGIN} ada`, 7, 's'], [`${ORIGIN} ada`, 8, undefined]];
  for (const { engine } of tabs) assert.deepEqual(learned(engine), expected);
  assert.deepEqual(learned(other.engine), []);
});

test('when the tab with the stream goes, another takes over', async (t) => {
  const page = browser(t);
  const [one, two] = [await tab(t, page), await tab(t, page)];
  one.stop();
  await settle();
  assert.deepEqual(page.streams.map(({ readyState }) => readyState), [2, 1]);
  page.streams[1].says({ version: 7 });
  await settle();
  assert.deepEqual([learned(one.engine).length, learned(two.engine).length], [0, 1]);
});

test('the stream follows the user', async (t) => {
  const page = browser(t);
  const { client, engine } = await tab(t, page);
  client.setUser(null);
  await settle();
  assert.deepEqual(page.streams.map(({ readyState }) => readyState), [2]);
  client.setUser('bob');
  await settle();
  page.streams[0].says({ version: 7 });
  page.streams[1].says({ version: 9 });
  await settle();
  assert.deepEqual(learned(engine), [[`${ORIGIN} bob`, 9, undefined]]);
});

test('a stream that was refused is tried again after a minute, not before', async (t) => {
  const page = browser(t);
  const clock = stopClock(t);
  await tab(t, page);
  page.streams[0].close();
  page.streams[0].says('', 'error');
  await clock.advance(59_000);
  assert.equal(page.streams.length, 1);
  await clock.advance(1_000);
  assert.equal(page.streams.length, 2);
});

test('without Web Locks every tab has a stream of its own', async (t) => {
  const page = browser(t);
  replace(t, 'navigator', {});
  await tab(t, page);
  await tab(t, page);
  assert.equal(page.streams.length, 2);
});
