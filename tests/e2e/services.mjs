/** The demo's own server, as it is built, or the one in Django, and a Redis of the test's own. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { cargoTarget, demoSite, root } from '../../scripts/places.mjs';
import { djangoPython } from '../../scripts/tools/django.mjs';
import { run } from '../support/command.mjs';
import { freePort, serve } from '../support/process.mjs';
import { temporaryFolder } from '../support/paths.mjs';

/** The server in Django, `examples/django`, is tested instead of the one in Rust. */
const inDjango = process.env.HYBRID_CACHE_DEMO === 'django';

/** `npm test` says where the server is; without it, the optimised one counts. */
function serverCommand() {
  if (!existsSync(join(demoSite, 'index.html'))) throw new Error(`the demo is not built: run "npm test -- e2e"`);
  if (inDjango) return [djangoPython, join(root, 'examples/django/manage.py'), 'serve'];
  const program = process.env.HYBRID_CACHE_DEMO_SERVER || join(cargoTarget, 'release/hybrid-cache-demo-server');
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: run "cargo build --release -p hybrid-cache-demo-server", or all of it by "npm test -- e2e"`);
  }
  return [program];
}

/** A database file for the servers of one test file; generating its contents takes seconds. */
export function databaseFile() {
  return join(temporaryFolder('demo'), 'invoices.sqlite3');
}

/**
 * Starts the demo server: `{ origin, stop() }`. Without `redisUrl` the versions live in its memory; `site` is a folder to
 * serve instead of the demo's application.
 */
export async function startDemo(database, redisUrl = '', site = demoSite) {
  const [program, ...parameters] = serverCommand();
  const server = await serve(program, parameters, {
    env: { PORT: '0', REDIS_URL: redisUrl, DEMO_DATABASE: database, DEMO_APP_DIR: site, CACHE_KEY_PREFIX: '', DEMO_REDIS_SECONDS: '1' },
    ready: /address\s+(http:\/\/\S+)/,
    limit: 120_000,
  });
  return { origin: server.found[1], stop: server.stop, output: server.output };
}

/** Starts a Redis that keeps nothing: `{ url, cli(...command), stop(), freeze(), thaw() }`. */
export async function startRedis() {
  const port = await freePort();
  const folder = temporaryFolder('redis');
  const parameters = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = await serve(process.env.REDIS_SERVER || 'redis-server', parameters, { ready: /Ready to accept connections/ });
  return {
    url: `redis://127.0.0.1:${port}/`,
    cli: async (...command) => (await run('redis-cli', ['-p', `${port}`, ...command])).trim(),
    stop: server.stop,
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
  };
}

/** The API as somebody without the application uses it. */
export class Api {
  constructor(origin) {
    this.origin = origin;
  }

  /** Signs in; answers `{ id, name, scope }` and uses the token from then on. */
  async signIn(username) {
    const response = await this.fetch('/api/auth/login/', { method: 'POST', body: JSON.stringify({ username, password: 'demo' }) });
    const { token, user } = await response.json();
    this.token = token;
    return user;
  }

  fetch(path, init = {}) {
    const headers = { 'Content-Type': 'application/json' };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    return fetch(this.origin + path, { ...init, headers, signal: AbortSignal.timeout(10_000) });
  }

  async json(path, init) {
    const response = await this.fetch(path, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** How many requests for this user's invoices the server has seen; this one is none of them. */
  async requests() {
    return (await this.json('/api/demo/requests/')).api_requests;
  }
}
