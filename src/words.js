// What the engine asks of JavaScript objects. A word, be it a property's name or a text, is named by its number.

let host, headerNames, counters;

// The words, in the order of `words.rs`.
const WORDS = `
state directory entries used root usage
format incarnation highest generation barrier clock version scope enabled displaced adoptedDate
floor list length kind source flags
departed stored fresh stale bytes status url headers body groups key partition
awaiting prefix pattern group
memory indexeddb absent expired fenced storage
stores storeErrors evicted swept late regresses replayed versionless invalidVersions disabled suspended invalidated
superseded quota reopened fallbacks corrupt floors
maxBytes maxEntries openTimeout ttl versionlessTtl keyHeaders mirror
`.trim().split(/\s/);

// The methods of the engine, in the order of `bindings/call.rs`.
const NAMES =
  ' start open partition name_user lookup depart observe admit abandon learn clear invalidate heard wake version echo enabled counters close found answered ended opened lost trap';
const METHODS = NAMES.split(' ').slice(1);

// The class of the engines of a module, of which `call` is all there is to call.
export const engineClass = ({ call }) => {
  class Engine {
    constructor(...given) {
      this.at = call(0, 0, [this, ...given]);
    }
    again(handle, key, now) {
      return this.memory.again(handle, key, now);
    }
  }
  METHODS.forEach((name, method) => {
    Engine.prototype[name] = function (...given) {
      this.memory.turn++;
      return call(this.at, method, given);
    };
  });
  return Engine;
};

// The engine trapped; its memory is not to be trusted any more.
export let fallen = false;

// Whom a panic is told, and the headers a response is asked for besides `Vary`, parted by blanks.
export const listen = (listener, headerList) => {
  host = listener;
  headerNames = `${headerList} Vary`.split(' ');
  counters = listener.counts ??= {};
  // The version's name is the first; a request echoes it (H3).
  listener.echoName = headerNames[0];
};

export const panicked = (file, line) => {
  if (fallen) return;
  fallen = true;
  host?.panicked(`${file}:${line}`);
};

// A request for the database, with its stores.
export const openDatabase = () => host.openDatabase();

export const word = (at) => WORDS[at];
// The number of a word, -1 for what is none.
export const place = (value) => WORDS.indexOf(value);
export const text = String;

export const read = (object, at) => object?.[WORDS[at]];
export const number = (object, at) => numeric(read(object, at));
export const is = (object, at, value) => read(object, at) === value;
// 0 for undefined, 1 for a string, 2 for an ArrayBuffer, 3 for everything else.
export const kind = (object, at) => {
  const value = read(object, at);
  return value === undefined ? 0 : typeof value === 'string' ? 1 : value instanceof ArrayBuffer ? 2 : 3;
};
// Texts of an array, each with a line feed after it.
export const lines = (object, at) => {
  const list = read(object, at);
  return Array.isArray(list) ? list.map((text) => `${text}\n`).join('') : '';
};
export const writeLines = (object, at, text) => write(object, at, text.split('\n').slice(0, -1));
export const write = (object, at, value) => {
  object[WORDS[at]] = value;
};

// What tabs can read of each other without waiting; undefined where that cannot be had.
export const readMirror = (mirror, key) => {
  try {
    return mirror?.getItem(key);
  } catch {}
};
// Does it say so, or can it not be read?
export const agrees = (mirror, key, text) => {
  const said = readMirror(mirror, key);
  return said === undefined || said === text;
};
export const writeMirror = (mirror, key, text) => {
  try {
    mirror?.setItem(key, text);
  } catch {}
};
export const mirrorText = (...numbers) => numbers.join('.');
// Do two mirrors speak of the same database?
export const sameDatabase = (a, b) => `${a}`.split('.')[0] === `${b}`.split('.')[0];

export const matches = (source, flags, url) => new RegExp(source, flags).test(url);

const numeric = (value) => (typeof value === 'number' ? value : NaN);
export const tuple = Array.of;
export const item = (array, at) => numeric(array?.[at]);
export const prefixed = (prefix, text) => prefix + text;

export const date = (text) => Math.floor(Date.parse(text) / 1000);

// Adds to a counter and answers what it is then.
export const count = (at, number) => (counters[WORDS[at]] = (counters[WORDS[at]] ?? 0) + number);
export const counted = () => ({ ...counters });
// Adds one to a counter whose name is no word.
export const tally = (name) => {
  counters[name] = (counters[name] ?? 0) + 1;
};

// A line for each header: a blank and the value, or nothing where there is none.
export const headers = (response) =>
  headerNames
    .map((name) => {
      try {
        const value = response.get(name);
        return typeof value === 'string' ? ' ' + value : '';
      } catch {
        return '';
      }
    })
    .join('\n');
