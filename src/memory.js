// The layer in front of the database: the records this tab stored or read last, as they are. A map keeps the order in
// which they were used; the first one leaves first. Whether a record may be served is for the engine to judge; what it
// judged holds until it is called for something else, and until then its use is not news.
import { agrees } from './words.js';

// How many keys of what has left are remembered, to be written down as used.
const REMEMBERED = 100;

export class Memory {
  constructor({ memoryBytes, maxEntries, mirror }, engine = {}) {
    engine.memory = this;
    this.maxBytes = memoryBytes;
    this.maxEntries = maxEntries;
    this.mirror = mirror;
    // How often the engine was called, but for lookups that memory answered.
    this.turn = 0;
    this.touched = [];
    this.clear();
  }

  clear() {
    this.kept = new Map();
    this.bytes = 0;
  }

  get(handle, key) {
    const one = this.kept.get(key);
    if (one?.handle !== handle) return;
    this.kept.delete(key);
    this.kept.set(key, one);
    one.used = true;
    this.last = one;
    return one.record;
  }

  // The engine serves what it just got, and would again from `from` until before `until`, while `place` of the mirror
  // says `text` or cannot be read.
  grant(from, until, place, text) {
    Object.assign(this.last, { turn: --this.turn, from, until, place, text });
  }

  // The record the engine would answer a lookup with, where it cannot have come to think otherwise.
  again(handle, key, now) {
    const one = this.kept.get(key);
    if (one?.turn !== this.turn || one.handle !== handle || now < one.from || now >= one.until) return;
    if (!agrees(this.mirror, one.place, one.text)) return;
    one.used = true;
    return one.record;
  }

  // `entry` is the key in the database, where `used` is written down.
  put(handle, key, entry, record, bytes, used) {
    const { kept } = this;
    this.drop(key);
    const one = { handle, entry, record, bytes, used };
    if (bytes > this.maxBytes) return this.touch(one);
    kept.set(key, one);
    this.bytes += bytes;
    for (const oldest of kept.keys()) {
      if (this.bytes <= this.maxBytes && kept.size <= this.maxEntries) break;
      this.drop(oldest);
    }
  }

  drop(key) {
    const one = this.kept.get(key);
    if (!one) return;
    this.kept.delete(key);
    this.bytes -= one.bytes;
    this.touch(one);
  }

  touch({ used, entry }) {
    if (used && this.touched.length < REMEMBERED) this.touched.push(entry);
  }

  // Forgets what a partition has under another label than this one. O(n).
  prune(partition, incarnation, generation) {
    for (const [key, one] of this.kept) {
      const { handle, record } = one;
      if (handle !== partition || (record.incarnation === incarnation && record.generation === generation)) continue;
      one.used = false;
      this.drop(key);
    }
  }

  // Keys of what was used since this was last asked.
  used() {
    for (const one of this.kept.values()) {
      this.touch(one);
      one.used = false;
    }
    const { touched } = this;
    this.touched = [];
    return touched;
  }

  count(counters) {
    return Object.assign(counters, { memoryEntries: this.kept.size, memoryBytes: this.bytes });
  }
}
