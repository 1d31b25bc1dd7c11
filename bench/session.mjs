/**
 * A Chromium without DevTools, and the server its one tab talks to. Attached tools slow a page's network down, so the
 * pages run by themselves: each does its work, reports it, and is told where to go next.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { answerApi } from './api.mjs';
import { fileFrom } from '../tests/support/files.mjs';

/** The executable: the environment's `CHROMIUM`, or Debian's. */
export const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--js-flags=--expose-gc',
  // Memory is measured when that is asked for, not some time later.
  '--enable-blink-features=ForceEagerMeasureMemory',
];

/** How long one page may take, ms. */
const LIMIT = 600_000;

/** Isolated pages have a clock of 5 microseconds. Files are kept by the browser as those of an application are. */
const FILE_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'public, max-age=31536000, immutable',
};

/** Starts both. `site` is the folder of pages. */
export async function startSession(site) {
  if (!existsSync(CHROMIUM)) {
    throw new Error(`there is no Chromium at ${CHROMIUM}: install Debian's "chromium", or set CHROMIUM to its path`);
  }
  const session = new Session(site);
  session.http.listen(0, '127.0.0.1');
  await once(session.http, 'listening');
  session.launch();
  return session;
}

class Session {
  /** What the API stamps its responses with. */
  api = { version: 1 };
  http = createServer((request, response) => void this.#handle(request, response));
  #files;
  #profile = mkdtempSync(join(tmpdir(), 'hybrid-cache-bench-'));
  #browser;
  /** Answers the page that waits to be told where to go. */
  #tell;
  /** Takes what the present page reports. */
  #report;
  #free;
  #ready;

  constructor(site) {
    this.#files = [['/', site]];
    this.#free = new Promise((go) => (this.#ready = go));
  }

  launch() {
    const { port } = this.http.address();
    const parameters = [...FLAGS, `--user-data-dir=${this.#profile}`, `http://127.0.0.1:${port}/idle.html`];
    this.#browser = spawn(CHROMIUM, parameters, { stdio: 'ignore', detached: true });
    this.#browser.on('exit', (code) => this.#report?.({ error: `Chromium ended with ${code}` }));
  }

  /** Sends the tab to a page and answers what it reports. `origin`: the name of one with a storage of its own. */
  async visit(page, parameters = {}, origin = '') {
    await this.#free;
    this.#free = new Promise((go) => (this.#ready = go));
    const reported = new Promise((resolve) => (this.#report = resolve));
    const host = origin && `http://${origin}.localhost:${this.http.address().port}`;
    this.#tell(`${host}/${page}.html?${encodeURIComponent(JSON.stringify(parameters))}`);
    let timer;
    const late = new Promise((go) => (timer = setTimeout(go, LIMIT, { error: `no report within ${LIMIT} ms` })));
    const { result, error } = await Promise.race([reported, late]);
    clearTimeout(timer);
    if (error) throw new Error(`${page}: ${error}`);
    return result;
  }

  async close() {
    this.#report = undefined;
    if (this.#browser.exitCode === null) {
      const ended = once(this.#browser, 'exit');
      process.kill(-this.#browser.pid, 'SIGTERM');
      await ended;
    }
    this.http.closeAllConnections();
    this.http.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async #handle(request, response) {
    const { pathname } = new URL(request.url, 'http://127.0.0.1');
    if (pathname === '/report') {
      let text = '';
      for await (const part of request.setEncoding('utf8')) text += part;
      this.#tell = (next) => response.end(next);
      this.#report?.(JSON.parse(text));
      this.#ready();
      return;
    }
    request.resume();
    const answer = answerApi(this.api, pathname);
    if (answer) {
      const { headers, body, ms } = answer;
      setTimeout(() => response.writeHead(200, headers).end(body), ms);
      return;
    }
    const file = await fileFrom(this.#files, pathname);
    response.writeHead(file ? 200 : 404, { ...file?.headers, ...FILE_HEADERS }).end(file?.body);
  }
}
