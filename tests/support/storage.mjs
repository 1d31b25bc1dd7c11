/** Faults of IndexedDB, to be put into a page before its scripts run. Each function stands alone: it is copied there. */

/**
 * Gives the page `loseEvents()`, from which on no event of any request, transaction or connection reaches a handler: to
 * the page the storage hangs. A reload ends it.
 */
export function loseStorageEvents() {
  let losing = false;
  globalThis.loseEvents = () => {
    losing = true;
  };
  for (const target of [IDBRequest, IDBOpenDBRequest, IDBTransaction, IDBDatabase]) {
    for (const name of Object.getOwnPropertyNames(target.prototype).filter((n) => n.startsWith('on'))) {
      const real = Object.getOwnPropertyDescriptor(target.prototype, name);
      Object.defineProperty(target.prototype, name, {
        ...real,
        set(handler) {
          const unlessLost = function (event) {
            if (!losing) handler.call(this, event);
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
      if (!losing) handler.call(this, event);
    };
    return listen.call(this, type, storage ? unlessLost : handler, ...rest);
  };
}
