// The layer in front of the database: the records this tab stored or read last, as they are. A map keeps the order in
// which they were used; the first one leaves first. Whether a record may be served is for the engine to judge.

// How many keys of what has left are remembered, to be written down as used.
const REMEMBERED = 100;

export class Memory {
  constructor({ memoryBytes, maxEntries }) {
    this.maxBytes = memoryBytes;
    this.maxEntries = maxEntries;
    this.touched = [];
    this.clear();
  }

  clear() {
    this.kept = new Map();
    this.bytes = 0;
  }

  get(handle, key) {
    const name = `${handle} ${key}`;
    const one = this.kept.get(name);
    if (!one) return;
    this.kept.delete(name);
    this.kept.set(name, one);
    one.used = true;
    return one.record;
  }

  // `entry` is the key in the database, where `used` is written down.
  put(handle, key, entry, record, bytes, used) {
    const { kept } = this;
    const name = `${handle} ${key}`;
    this.drop(name);
    const one = { entry, record, bytes, used };
    if (bytes > this.maxBytes) return this.touch(one);
    kept.set(name, one);
    this.bytes += bytes;
    for (const oldest of kept.keys()) {
      if (this.bytes <= this.maxBytes && kept.size <= this.maxEntries) break;
      this.drop(oldest);
    }
  }

  drop(name) {
    const one = this.kept.get(name);
    if (!one) return;
    this.kept.delete(name);
    this.bytes -= one.bytes;
    this.touch(one);
  }

  touch({ used, entry }) {
    if (used && this.touched.length < REMEMBERED) this.touched.push(entry);
  }

  // Forgets what a partition has under another label than this one. O(n).
  prune(handle, incarnation, generation) {
    for (const [name, one] of this.kept) {
      const { record } = one;
      if (!name.startsWith(`${handle} `) || (record.incarnation === incarnation && record.generation === generation)) continue;
      one.used = false;
      this.drop(name);
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
