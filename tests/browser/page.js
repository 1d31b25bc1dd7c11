// The page's half of the boundary, as small as a test can have it: what the engine calls is kept, and can be waited for.

const OPTIONS = {
  maxBytes: 1_000_000, maxEntries: 100, memoryBytes: 100_000, openTimeout: 5_000, ttl: 60_000, versionlessTtl: false,
  keyHeaders: 'accept,accept-language', mirror: null,
};

export class Page {
  constructor() {
    this.log = [];
    this.waiting = [];
    for (const call of ['answered', 'settled', 'opened', 'changed', 'broadcast', 'warn', 'late', 'stored', 'panicked']) {
      this[call] = (...given) => {
        this.log.push([call, ...given]);
        this.waiting = this.waiting.filter(([matches, go]) => !(matches(call, given) && (go(given), true)));
      };
    }
  }

  // Waits for a call with this first argument that is still to come, or that came already.
  async heard(call, first) {
    const matches = (name, given) => name === call && (first === undefined || given[0] === first);
    const found = this.log.find(([name, ...given]) => matches(name, given));
    return found ? found.slice(1) : new Promise((go) => this.waiting.push([matches, go]));
  }

  // From now on the database cannot be opened.
  refuse() {
    this.refusing = true;
  }

  openDatabase() {
    if (this.refusing) throw new Error('refused by the test');
    const request = indexedDB.open('hybrid-cache', 1);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore('state');
      database.createObjectStore('directory').createIndex('used', 'used');
      database.createObjectStore('entries');
    };
    return request;
  }

  engine(Engine) {
    return new Engine(this, OPTIONS);
  }
}

export function headers(fields) {
  return { get: (name) => new Headers(fields).get(name) };
}

export function rows(store) {
  return new Promise((go, fail) => {
    const open = indexedDB.open('hybrid-cache');
    open.onerror = () => fail(open.error);
    open.onsuccess = () => {
      const database = open.result;
      const source = database.transaction(store).objectStore(store);
      const [keys, values] = [source.getAllKeys(), source.getAll()];
      values.onsuccess = () => {
        database.close();
        go(keys.result.map((key, at) => [key, values.result[at]]));
      };
    };
  });
}

export function put(store, key, value) {
  return new Promise((go, fail) => {
    const open = indexedDB.open('hybrid-cache');
    open.onsuccess = () => {
      const database = open.result;
      const transaction = database.transaction(store, 'readwrite');
      transaction.objectStore(store).put(value, key);
      transaction.onabort = () => fail(transaction.error);
      transaction.oncomplete = () => go(database.close());
    };
  });
}

// Holds a write lock on the states until `unlock`; answers when it is held.
let held;
export function lock() {
  return new Promise((go) => {
    indexedDB.open('hybrid-cache').onsuccess = ({ target: { result: database } }) => {
      const store = database.transaction('state', 'readwrite').objectStore('state');
      held = { database, released: false };
      const spin = () => {
        if (!held.released) store.get('root').onsuccess = spin;
      };
      store.get('root').onsuccess = () => go(spin());
    };
  });
}

// Answers when what waited for the lock has been answered.
export function unlock() {
  const { database } = held;
  held.released = true;
  return new Promise((go) => {
    const last = database.transaction('state', 'readwrite');
    last.objectStore('state').get('root');
    last.oncomplete = () => go(database.close());
  });
}

export function remove() {
  return new Promise((go, fail) => {
    const request = indexedDB.deleteDatabase('hybrid-cache');
    request.onsuccess = () => go();
    request.onerror = () => fail(request.error);
  });
}
