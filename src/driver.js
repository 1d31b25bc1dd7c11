// Moves requests and records between the engine and IndexedDB. Decides nothing: what to ask, what to write and what an
// entry is worth is said by the engine, inside the transaction's own events.
//
// An operation is an array: [GET, store, key], [RANGE, store, after, before, limit], [ORDER, store, index, , limit],
// [PUT, store, key, value], [DELETE, store, key] or [CUT, store, after, last]. RANGE and ORDER are answered with two
// arrays, keys and values.
import { word } from './words.js';

const GET = 0, RANGE = 1, ORDER = 2, PUT = 3, DELETE = 4, CUT = 5;

const STORES = ['state', 'directory', 'entries'];
const RELAXED = { durability: 'relaxed' };
const STRICT = { durability: 'strict' };

const failure = (error) => `${error?.name || 'AbortError'}: ${error?.message || 'the transaction was aborted'}`;

// Adds an operation to a list of them.
export const operation = (list, kind, store, a, b, limit) => {
  list.push([kind, word(store), a, b, limit]);
};

export class Driver {
  // What the engine hears, by its methods of these names:
  // found(id, state, entry) -> a further key to read in the same transaction, or undefined
  // answered(job, answers) -> the next operations; those without a question end the transaction
  // ended(job, failure) -> the transaction is complete, or nothing of it was kept
  // opened(failure), lost() -> the connection is there, cannot be had, or is gone
  constructor(engine) {
    Object.assign(this, { engine, database: undefined, batch: undefined });
  }

  open() {
    let request;
    try {
      request = indexedDB.open('hybrid-cache', 1);
    } catch (error) {
      return setTimeout(() => this.engine.opened(failure(error)));
    }
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore('state');
      database.createObjectStore('directory').createIndex('used', 'used');
      database.createObjectStore('entries');
    };
    request.onerror = () => this.engine.opened(failure(request.error));
    request.onsuccess = () => {
      const database = request.result;
      this.database = database;
      database.onversionchange = database.onclose = () => {
        database.close();
        if (this.database === database) {
          this.close();
          this.engine.lost();
        }
      };
      this.engine.opened('');
    };
  }

  close() {
    this.database?.close();
    this.database = this.batch = undefined;
  }

  // Looks entries up. Those of one turn share a transaction, and each partition's state is read once in it. `false`
  // where the connection is gone.
  look(id, stateKey, entryKey) {
    try {
      if (this.batch) return this.ask(this.batch, id, stateKey, entryKey);
    } catch {
      // The transaction of an earlier turn takes no more requests.
    }
    try {
      const transaction = this.database.transaction(['state', 'entries'], 'readonly', RELAXED);
      const batch = { state: transaction.objectStore('state'), entries: transaction.objectStore('entries'), states: new Map() };
      this.ask(batch, id, stateKey, entryKey);
      this.batch = batch;
      return true;
    } catch {
      return false;
    }
  }

  ask(batch, id, stateKey, entryKey) {
    let state = batch.states.get(stateKey);
    if (!state) {
      state = batch.state.get(stateKey);
      batch.states.set(stateKey, state);
    }
    const read = (store, key) => {
      const request = store.get(key);
      request.onsuccess = () => {
        this.batch = undefined;
        const further = this.engine.found(id, state.result, request.result);
        // Keys of states and targets have a colon in the second place, keys of entries a digit.
        if (further) read(further[1] === ':' ? batch.state : batch.entries, further);
      };
      request.onerror = () => this.engine.found(id, undefined, null);
    };
    read(batch.entries, entryKey);
    return true;
  }

  // A job that is nothing but a pause.
  wait(job, ms) {
    setTimeout(() => this.engine.ended(job, ''), ms);
  }

  // Runs a job's transaction. `mode` is 0 to read, 1 to write, 2 to write and reach the disk.
  transact(job, stores, mode, operations) {
    let transaction;
    let reason;
    try {
      transaction = this.database.transaction(
        STORES.slice(0, stores), mode ? 'readwrite' : 'readonly', mode > 1 ? STRICT : RELAXED,
      );
    } catch (error) {
      // A connection that is gone takes no transaction; the engine opens another.
      this.close();
      return setTimeout(() => {
        this.engine.ended(job, failure(error));
        this.engine.lost();
      });
    }
    transaction.oncomplete = () => this.engine.ended(job, '');
    transaction.onabort = () => this.engine.ended(job, reason ?? failure(transaction.error));
    const perform = (operations) => {
      const answers = [];
      let last;
      for (const [kind, name, a, b, limit] of operations) {
        const store = transaction.objectStore(name);
        if (kind === PUT) store.put(b, a);
        else if (kind === DELETE) store.delete(a);
        else if (kind === CUT) store.delete(IDBKeyRange.bound(a, b, true, false));
        else {
          const place = answers.push(undefined) - 1;
          const keep = (request, place) => {
            request.onsuccess = () => {
              answers[place] = request.result;
              if (request === last) run(this.engine.answered(job, answers));
            };
            last = request;
          };
          if (kind === GET) keep(store.get(a), place);
          else {
            const [source, range, count] =
              kind === ORDER ? [store.index(a), undefined, limit] : [store, IDBKeyRange.bound(a, b, true, true), limit];
            answers.push(undefined);
            keep(source.getAllKeys(range, count), place);
            keep(source.getAll(range, count), place + 1);
          }
        }
      }
      if (!last) transaction.commit?.();
    };
    const run = (operations) => {
      try {
        perform(operations);
      } catch (error) {
        reason = failure(error);
        try {
          transaction.abort();
        } catch {
          // It has come to its end already, and tells.
        }
      }
    };
    run(operations);
  }
}
