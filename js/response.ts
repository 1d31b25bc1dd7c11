/** Between responses of `fetch` and what the cache keeps. */

import type { StoredRecord } from './boundary.js';
import type { Passage } from './passage.js';
import type { Runtime } from './runtime.js';

/** JSON is kept as text; everything else byte for byte, since text() drops byte order marks and what is no UTF-8. */
export function isText({ variant }: Passage, { headers }: Response): boolean {
  if (variant !== 'fetch') return variant === 'json' || variant === 'text';
  return /^application\/([\w.+-]+\+)?json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(headers.get('Content-Type') ?? '');
}

/** The lines of a record's headers as pairs. */
function headerPairs({ headers }: StoredRecord): [string, string][] {
  return headers
    .split('\n')
    .filter(Boolean)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
}

/** A response out of a record; `undefined` if the record makes none. */
export function serve(record: StoredRecord, { hitStatus, json }: Runtime['record'], frozen: boolean): Response | undefined {
  try {
    const { body, status, statusText, url } = record;
    // As pairs: a `Headers` of our own would be copied once more.
    const headers = [...headerPairs(record), ['Cache-Status', hitStatus(record)] as [string, string]];
    const response = new Response(typeof body === 'string' ? encoded(body) : body, { status, statusText, headers });
    Object.defineProperty(response, 'url', { value: url });
    if (typeof body === 'string') {
      shorten(response, 'text', () => body);
      shorten(response, 'json', () => json(record, frozen));
    }
    return response;
  } catch {
    return undefined;
  }
}

/** A text as a body. It is encoded when somebody takes it as bytes; hardly anybody does, and a response would do it at once. */
function encoded(text: string): BodyInit {
  const pull = (controller: ReadableByteStreamController) => {
    controller.enqueue(new TextEncoder().encode(text));
    controller.close();
  };
  try {
    return text && new ReadableStream({ type: 'bytes', pull });
  } catch {
    // A browser without streams of bytes.
    return text;
  }
}

/** The text is at hand: reading it back out of the response takes longer than all the rest of a hit. */
function shorten(response: Response, method: 'text' | 'json', read: () => unknown): void {
  const value = async () => {
    // Read before, or being read: let the response say what is wrong with that.
    if (response.bodyUsed || !response.body || response.body.locked) return Response.prototype[method].call(response) as unknown;
    // From here on its body counts as used.
    void response.body.cancel();
    return read();
  };
  Object.defineProperty(response, method, { value });
}

/** What gives the body away, but for `text` and `json`. */
const READERS = ['body', 'clone', 'arrayBuffer', 'blob', 'bytes', 'formData'] as const;

/**
 * Has `take` the text of a response that is handed out. To part a body in two takes longer than all the rest of a miss, so
 * whoever asks for the text or its value shares what is read then; it is parted before anything else is asked for it, and in
 * the next task where nobody asks.
 */
export function listenIn(response: Response, take: (text: Promise<string>) => void): void {
  const own: PropertyDescriptorMap = {};
  let open = true;
  const share = (read: () => Promise<string>) => {
    if (!open) return read();
    open = false;
    for (const name in own) Reflect.deleteProperty(response, name);
    const text = read();
    take(text);
    return text;
  };
  const part = () => void (open && share(async () => response.clone().text()));
  for (const name of READERS) {
    const get = () => {
      part();
      return response[name];
    };
    own[name] = { configurable: true, get };
  }
  own['text'] = { configurable: true, value: () => share(() => response.text()) };
  own['json'] = { configurable: true, value: async () => JSON.parse(await response.text()) as unknown };
  Object.defineProperties(response, own);
  setTimeout(part);
}
