/** The memory layer beside the same promises kept the slow and obvious way. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Memory } from '../../src/memory.js';
import { engineClass } from '../../src/words.js';

/** Numbers from 0 to below 1 that are the same in every run. */
function random(seed) {
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
}

/** A list with the most recently used in front, searched from end to end. */
class Naive {
  constructor(maxBytes, maxEntries) {
    Object.assign(this, { maxBytes, maxEntries, list: [] });
  }

  bytes() {
    return this.list.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get(handle, key) {
    const at = this.list.findIndex((one) => one.handle === handle && one.key === key);
    if (at < 0) return undefined;
    this.list.unshift(...this.list.splice(at, 1));
    return this.list[0].record;
  }

  put(handle, key, record, bytes) {
    this.list = this.list.filter((one) => one.key !== key);
    if (bytes > this.maxBytes || !this.maxEntries) return;
    this.list.unshift({ handle, key, record, bytes });
    while (this.bytes() > this.maxBytes || this.list.length > this.maxEntries) this.list.pop();
  }

  prune(handle, generation) {
    this.list = this.list.filter((one) => one.handle !== handle || one.record.generation === generation);
  }
}

for (let seed = 1; seed <= 40; seed++) {
  test(`memory keeps what was used last, within its budget (seed ${seed})`, () => {
    const next = random(seed);
    const number = (below) => Math.floor(next() * below);
    const [memoryBytes, maxEntries] = [number(400), number(2) ? number(8) : 40 + number(40)];
    const memory = new Memory({ memoryBytes, maxEntries });
    const naive = new Naive(memoryBytes, maxEntries);
    for (let step = 0; step < 400; step++) {
      const [handle, key] = [number(2), `json GET https://app.example/${number(30)}`];
      const what = next();
      if (what < 0.5) {
        const [record, bytes] = [{ incarnation: 1, generation: number(3) }, number(40)];
        memory.put(handle, key, key, record, bytes, false);
        naive.put(handle, key, record, bytes);
      } else if (what < 0.95) assert.equal(memory.get(handle, key), naive.get(handle, key));
      else if (what < 0.99) {
        const generation = number(3);
        memory.prune(handle, 1, generation);
        naive.prune(handle, generation);
      } else {
        memory.clear();
        naive.list = [];
      }
      assert.deepEqual(memory.count({}), { memoryEntries: naive.list.length, memoryBytes: naive.bytes() });
    }
    for (const { handle, key, record } of [...naive.list].reverse()) assert.equal(memory.get(handle, key), record);
  });
}

test('what was served is told once, also what has left memory since', () => {
  const memory = new Memory({ memoryBytes: 100, maxEntries: 2 });
  for (const key of ['a', 'b']) memory.put(0, key, `entry ${key}`, {}, 10, false);
  memory.get(0, 'a');
  memory.put(0, 'c', 'entry c', {}, 10, true);
  memory.put(0, 'large', 'entry large', {}, 101, true);
  memory.put(0, 'd', 'entry d', {}, 10, false);
  assert.deepEqual(memory.used(), ['entry large', 'entry a', 'entry c']);
  assert.deepEqual(memory.used(), []);
});

test('what the engine served is served again without it, on its terms and until it is called for anything else', () => {
  const mirror = { text: 'M', getItem: (key) => (key === 'place' ? mirror.text : null) };
  const record = { body: '1' };
  let memory;
  // An engine that serves what memory has from 100 until before 200.
  const Engine = engineClass({
    call: (at, method, [first, handle, key]) => {
      if (METHODS[method] === 'lookup') memory.get(handle, key) && memory.grant(100, 200, 'place', 'M');
      else memory ??= new Memory(key, first);
      return 0;
    },
  });
  const METHODS = Object.getOwnPropertyNames(Engine.prototype).filter((name) => !['constructor', 'again'].includes(name));
  const engine = new Engine({}, { memoryBytes: 100, maxEntries: 10, mirror });
  for (const [handle, key] of [[0, 'a'], [0, 'b'], [1, 'c']]) memory.put(handle, key, key, record, 1, true);
  assert.equal(engine.again(0, 'a', 150), undefined, 'not served yet');
  const served = () => {
    for (const [handle, key] of [[0, 'a'], [0, 'b']]) engine.lookup(1, handle, key, 100);
    for (const key of ['a', 'b']) assert.equal(engine.again(0, key, 100), record);
  };
  served();
  assert.equal(engine.again(0, 'c', 150), undefined, 'of another partition, and not served yet');
  assert.equal(engine.again(1, 'a', 150), undefined, 'of another partition');
  assert.deepEqual([99, 100, 199, 200].map((now) => engine.again(0, 'a', now)), [undefined, record, record, undefined], 'in its time');
  mirror.text = 'N';
  assert.equal(engine.again(0, 'a', 150), undefined, 'another tab changed something');
  mirror.text = null;
  assert.equal(engine.again(0, 'a', 150), undefined, 'another tab removed it');
  mirror.getItem = () => {
    throw new Error('denied');
  };
  assert.equal(engine.again(0, 'a', 150), record, 'as the engine: the second of S1b has to do');
  mirror.getItem = () => 'M';
  for (const name of METHODS) {
    served();
    if (name === 'lookup') engine.lookup(1, 0, 'absent', 100);
    else engine[name]();
    for (const key of ['a', 'b']) assert.equal(engine.again(0, key, 150), undefined, name);
  }
});
