// Moves requests and records between the engine and IndexedDB. Decides nothing: what to ask, what to write and what an
// entry is worth is said by the engine, inside the transaction's own events.
//
// An operation is an array: [GET, store, key], [RANGE, store, after, before, limit], [ORDER, store, index, , limit],
// [PUT, store, key, value], [DELETE, store, key] or [CUT, store, after, last]. RANGE and ORDER are answered with two
// arrays, keys and values.
import { fallen, openDatabase, panicked, tally, word } from './words.js';

const GET = 0, RANGE = 1, ORDER = 2, PUT = 3, DELETE = 4, CUT = 5;

const STORES = ['state', 'directory', 'entries'];
// What is awaited for longer than once or twice this long is given up, in milliseconds.
const PATIENCE = 5000;
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
    Object.assign(this, { engine, database: undefined, opening: undefined, batch: undefined, awaited: new Set(), clock: 0 });
  }

  // Tells the engine, unless it has trapped: then nothing more is read or written for it.
  tell(what, ...given) {
    try {
      if (!fallen) return this.engine[what](...given);
    } catch (error) {
      panicked(error, '');
    }
    this.close();
  }

  // Something that storage has to answer in time, or it is aborted and the connection given up.
  expect(transaction, job) {
    const one = { transaction, job, late: false };
    this.awaited.add(one);
    this.clock ||= setTimeout(() => this.check(), PATIENCE);
    return one;
  }

  check() {
    const all = [...this.awaited];
    this.clock = all.length && setTimeout(() => this.check(), PATIENCE);
    if (all.some(({ late }) => late)) this.giveUp(all);
    for (const one of all) one.late = true;
  }

  giveUp(all) {
    tally('timeouts');
    this.close();
    this.awaited.clear();
    for (const { transaction, job } of all) {
      try {
        transaction.abort();
      } catch {}
      if (job !== undefined) this.tell('ended', job, 'TimeoutError: the storage does not answer');
    }
    this.tell('lost');
  }

  open() {
    let request;
    try {
      request = this.opening = openDatabase();
    } catch (error) {
      return setTimeout(() => this.tell('opened', failure(error)));
    }
    const ended = () => {
      if (request.error) return this.tell('opened', failure(request.error));
      const database = request.result;
      // One that came so late that another was asked for.
      if (this.opening !== request) return database.close();
      this.database = database;
      // A lookup's failed read is heard of here: one handler less for every hit.
      database.onerror = ({ target: { lookup } }) => void (lookup && this.tell('found', lookup, undefined, null));
      // Nobody's deletion or upgrade waits for this connection.
      database.onversionchange = database.onclose = () => {
        database.close();
        if (this.database === database) {
          this.close();
          this.tell('lost');
        }
      };
      this.tell('opened', '');
    };
    // It may have been begun before there was an engine. While its stores are being made it counts as done, too.
    if (request.readyState === 'done' && !request.transaction) queueMicrotask(ended);
    else request.onsuccess = request.onerror = ended;
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
      batch.awaited = this.expect(transaction);
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
        this.awaited.delete(batch.awaited);
        const further = this.tell('found', id, state.result, request.result);
        // Keys of states and targets have a colon in the second place, keys of entries a digit.
        if (further) read(further[1] === ':' ? batch.state : batch.entries, further);
      };
      request.lookup = id;
    };
    read(batch.entries, entryKey);
    return true;
  }

  // A job that is nothing but a pause.
  wait(job, ms) {
    setTimeout(() => this.tell('ended', job, ''), ms);
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
        this.tell('ended', job, failure(error));
        this.tell('lost');
      });
    }
    const awaited = this.expect(transaction, job);
    const end = (failed) => {
      this.awaited.delete(awaited);
      this.tell('ended', job, failed);
    };
    transaction.oncomplete = () => end('');
    transaction.onabort = () => end(reason ?? failure(transaction.error));
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
              if (request === last) run(this.tell('answered', job, answers));
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
