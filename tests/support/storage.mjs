/** Faults of IndexedDB, to be put into a page before its scripts run. Each function stands alone: it is copied there. */

/**
 * Gives the page `loseEvents()`, from which on no event of any request, transaction or connection reaches a handler: to
 * the page the storage hangs. A reload ends it, and `findEvents()` for what is asked from then on. `loseConnections()`
 * does that to the connections that are open now, and to no other.
 */
export function loseStorageEvents() {
  let losing = false;
  const open = new Set();
  const lost = new WeakSet();
  globalThis.loseEvents = () => {
    losing = true;
  };
  globalThis.findEvents = () => {
    losing = false;
  };
  globalThis.loseConnections = () => {
    for (const database of open) lost.add(database);
    open.clear();
  };
  const isLost = (target) => {
    const database = target instanceof IDBDatabase ? target : target instanceof IDBTransaction ? target.db : target.transaction?.db;
    return losing || lost.has(database);
  };
  const result = Object.getOwnPropertyDescriptor(IDBRequest.prototype, 'result');
  Object.defineProperty(IDBRequest.prototype, 'result', {
    ...result,
    get() {
      const value = result.get.call(this);
      if (value instanceof IDBDatabase && !lost.has(value)) open.add(value);
      return value;
    },
  });
  for (const target of [IDBRequest, IDBOpenDBRequest, IDBTransaction, IDBDatabase]) {
    for (const name of Object.getOwnPropertyNames(target.prototype).filter((n) => n.startsWith('on'))) {
      const real = Object.getOwnPropertyDescriptor(target.prototype, name);
      Object.defineProperty(target.prototype, name, {
        ...real,
        set(handler) {
          const unlessLost = function (event) {
            if (!isLost(this)) handler.call(this, event);
          };
          real.set.call(this, typeof handler === 'function' ? unlessLost : handler);
        },
      });
    }
  }
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, handler, ...rest) {
    const storage = [IDBRequest, IDBTransaction, IDBDatabase].some((kind) => this instanceof kind);
    const unlessLost = function (event) {
      if (!isLost(this)) handler.call(this, event);
    };
    return listen.call(this, type, storage ? unlessLost : handler, ...rest);
  };
}

/**
 * While the page's `refuse` is set, nothing can be written: IndexedDB aborts, as without room on the disk, and the other
 * storages throw.
 */
export function refuseWrites() {
  const full = () => new DOMException('no room, says the test', 'QuotaExceededError');
  for (const name of ['put', 'add', 'delete', 'clear']) {
    const real = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...given) {
      const request = real.apply(this, given);
      if (globalThis.refuse) this.transaction.abort();
      return request;
    };
  }
  for (const [type, name] of [[globalThis.Storage, 'setItem'], [globalThis.Storage, 'removeItem'], [Cache, 'put'], [CacheStorage, 'delete']]) {
    const real = type?.prototype[name];
    if (!real) continue;
    type.prototype[name] = function (...given) {
      if (!globalThis.refuse) return real.apply(this, given);
      if (type === globalThis.Storage) throw full();
      return Promise.reject(full());
    };
  }
}

/** A message channel that carries nothing. */
export function loseMessages() {
  globalThis.BroadcastChannel = class extends EventTarget {
    postMessage() {}
    close() {}
  };
}

/** Pauses of more than five seconds pass twenty times as fast in this page. */
export function hurry() {
  const real = globalThis.setTimeout;
  globalThis.setTimeout = (run, ms, ...given) => real(run, ms > 5_000 ? ms / 20 : ms, ...given);
}
