/**
 * A server under a test's control: files, and under `/api/` a versioned API whose every response can be held, altered
 * and counted. It listens on 127.0.0.1 at a port of its own, so every server is also a web origin of its own.
 *
 * The API knows who asks by `Authorization: Bearer <name>`, or else by the cookie `user=<name>`; both are taken at
 * their word. `GET /api/...` answers `{ user, path, edition, version, enabled, scope, serial }`, padded to `?size=` bytes. An unsafe
 * method is an edit. `GET /api/cache/status/` is the probe of the contract.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

import { within } from './deadline.mjs';
import { fileFrom } from './files.mjs';
import { Users } from './users.mjs';

const PAGES = fileURLToPath(new URL('pages/', import.meta.url));

/** Starts one. `files` maps path prefixes to folders; the pages of this folder are under `/` unless `files` says otherwise. */
export async function startServer({ files = {} } = {}) {
  const server = new TestServer({ '/': PAGES, ...files });
  server.http.listen(0, '127.0.0.1');
  await once(server.http, 'listening');
  running.set(server.origin, server);
  return server;
}

const running = new Map();

/** The server that an address belongs to, if one of this process does. */
export function serverAt(url) {
  return running.get(new URL(url).origin);
}

class TestServer {
  users = new Users();
  /** Every request to `/api/`, in order: `{ path, method, user, headers }`. */
  requests = [];
  /** Headers for every file, for instance `Content-Security-Policy`. */
  fileHeaders = {};
  http = createServer((request, response) => this.#handle(request, response));
  #files;
  #holds = [];
  #overrides = [];
  #cuts = new Map();
  #heldUntil = new Map();
  #first = [];

  constructor(files) {
    this.#files = Object.entries(files).sort(([a], [b]) => b.length - a.length);
  }

  get origin() {
    return `http://127.0.0.1:${this.http.address().port}`;
  }

  /** How many requests this path (without query) has seen. */
  count(path, method = 'GET') {
    return this.requests.filter((r) => r.path === path && r.method === method).length;
  }

  /**
   * From now on, the response to every request whose path and query match is made (its version and data are taken) and
   * kept back until it is released.
   */
  hold(match) {
    const hold = new Hold(match, () => this.#holds.splice(this.#holds.indexOf(hold), 1));
    this.#holds.push(hold);
    return hold;
  }

  /**
   * From now on, requests whose path and query match are answered differently: `{ status, headers, body }`, each
   * optional. A header of `null` is taken away, one that is an array is sent as several. Answers how to stop it.
   */
  alter(match, change) {
    const override = { match, change };
    this.#overrides.push(override);
    return () => void this.#overrides.splice(this.#overrides.indexOf(override), 1);
  }

  /** The next response to this path and query is cut off: its headers are on the way, and then the connection is gone. */
  cut(url, happened) {
    this.#cuts.set(url, happened);
  }

  cutNothing() {
    this.#cuts.clear();
  }

  /** Was a response to this path and query kept back at any time since? */
  wasHeld(url, since) {
    return (this.#heldUntil.get(url) ?? 0) >= since;
  }

  /** An address of the same page, in which `script` runs before all others. For browsers that cannot see to that. */
  runFirst(url, script) {
    const address = new URL(url);
    address.searchParams.set('first', this.#first.push(script) - 1);
    return address.href;
  }

  async close() {
    running.delete(this.origin);
    for (const hold of [...this.#holds]) hold.end();
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  async #handle(request, response) {
    request.resume();
    const { pathname, searchParams } = new URL(request.url, this.origin);
    const file = pathname.startsWith('/api/') ? undefined : await this.#file(pathname, searchParams.get('first'));
    const answer = pathname.startsWith('/api/')
      ? this.#api(request, pathname)
      : { status: file ? 200 : 404, headers: { ...file?.headers, ...this.fileHeaders }, body: file?.body ?? `no ${pathname}` };
    const altered = this.#altered(request.url, answer);
    for (const hold of this.#holds.filter(({ match }) => matches(match, request.url))) {
      await hold.keep(request.url);
      this.#heldUntil.set(request.url, Date.now());
    }
    const cut = this.#cuts.get(request.url);
    if (cut) {
      this.#cuts.delete(request.url);
      cut();
      return void request.socket.destroy();
    }
    if ('Date' in altered.headers) response.sendDate = false;
    response.writeHead(altered.status, altered.headers).end(altered.body);
  }

  async #file(pathname, first) {
    if (first === null) return fileFrom(this.#files, pathname);
    if (pathname === '/first.js') return { headers: { 'Content-Type': 'text/javascript' }, body: this.#first[first] };
    const file = await fileFrom(this.#files, pathname);
    return file && { ...file, body: `<!doctype html><script src="/first.js?first=${first}"></script>${file.body}` };
  }

  #altered(url, answer) {
    const headers = { ...answer.headers };
    let { status, body } = answer;
    for (const { change } of this.#overrides.filter(({ match }) => matches(match, url))) {
      status = change.status ?? status;
      body = change.body ?? body;
      for (const [name, value] of Object.entries(change.headers ?? {})) {
        if (value === null) delete headers[name];
        else headers[name] = value;
      }
    }
    return { status, headers, body };
  }

  #api(request, path) {
    const name = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      ?? /(?:^|; )user=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    this.requests.push({ path, method: request.method, user: name, headers: request.headers });
    if (!name) return { status: 401, headers: { 'Content-Type': 'application/json' }, body: '{"error":"who are you?"}' };
    const user = this.users.get(name);
    if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) user.edit();
    const headers = { 'Content-Type': 'application/json', ...user.stamp() };
    if (path === '/api/cache/status/') {
      const status = { enabled: user.enabled !== false, version: user.version ?? null };
      return { status: 200, headers, body: JSON.stringify(status) };
    }
    const { edition, version, enabled, scope } = user;
    const said = { user: name, path, edition, version, enabled, scope, serial: this.requests.length };
    const size = Number(new URL(request.url, this.origin).searchParams.get('size') ?? 0);
    if (size) said.padding = padding(size, said.serial);
    return { status: 200, headers, body: JSON.stringify(said) };
  }
}

/** Responses that are kept back. */
class Hold {
  /** The addresses of those waiting. */
  waiting = [];
  #releases = [];
  #arrivals = [];
  #over = false;

  constructor(match, forget) {
    this.match = match;
    this.forget = forget;
  }

  /** Resolves once `count` responses are waiting. */
  arrived(count = 1) {
    if (this.waiting.length >= count) return Promise.resolve();
    const arrival = new Promise((go) => this.#arrivals.push({ count, go }));
    return within(arrival, `${count} request(s) for ${this.match}`);
  }

  keep(url) {
    if (this.#over) return undefined;
    this.waiting.push(url);
    for (const { count, go } of this.#arrivals) if (this.waiting.length >= count) go();
    return new Promise((go) => this.#releases.push(go));
  }

  /** Lets one go, `at` places behind the one that has waited longest; later ones wait as before. */
  release(at = 0) {
    if (this.waiting.length <= at) throw new Error(`nothing is waiting for ${this.match}`);
    this.waiting.splice(at, 1);
    this.#releases.splice(at, 1)[0]();
  }

  /** Lets all go, and keeps none back any more. */
  end() {
    if (this.#over) return;
    this.#over = true;
    this.forget();
    for (const go of this.#releases.splice(0)) go();
    this.waiting = [];
  }
}

function matches(match, url) {
  return typeof match === 'string' ? url.split('?')[0] === match : match.test(url);
}

/** Text that does not compress well: a linear congruential generator's digits. */
function padding(size, seed) {
  let text = '';
  for (let x = seed; text.length < size; x = (x * 1664525 + 1013904223) >>> 0) text += x.toString(36);
  return text.slice(0, size);
}
