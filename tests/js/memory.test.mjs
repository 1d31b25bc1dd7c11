/** The memory layer beside the same promises kept the slow and obvious way. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Memory } from '../../src/memory.js';

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

  get(name) {
    const at = this.list.findIndex((one) => one.name === name);
    if (at < 0) return undefined;
    this.list.unshift(...this.list.splice(at, 1));
    return this.list[0].record;
  }

  put(name, record, bytes) {
    this.list = this.list.filter((one) => one.name !== name);
    if (bytes > this.maxBytes || !this.maxEntries) return;
    this.list.unshift({ name, record, bytes });
    while (this.bytes() > this.maxBytes || this.list.length > this.maxEntries) this.list.pop();
  }

  prune(handle, generation) {
    this.list = this.list.filter(({ name, record }) => !name.startsWith(`${handle} `) || record.generation === generation);
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
      const [handle, key] = [number(12), `json GET https://app.example/${number(5)}`];
      const name = `${handle} ${key}`;
      const what = next();
      if (what < 0.5) {
        const [record, bytes] = [{ incarnation: 1, generation: number(3) }, number(40)];
        memory.put(handle, key, name, record, bytes, false);
        naive.put(name, record, bytes);
      } else if (what < 0.95) assert.equal(memory.get(handle, key), naive.get(name));
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
    for (const { name, record } of [...naive.list].reverse()) {
      const [handle, key] = name.split(/ (.*)/s);
      assert.equal(memory.get(Number(handle), key), record);
    }
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
