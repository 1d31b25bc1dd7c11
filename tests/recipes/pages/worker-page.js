/** Offers a page beside a service worker to the tests: its requests are the browser's own. */
import { session } from './session.js';
import { tellWorker } from './worker.js';

/** One request as `user`. */
async function get(path, user = session.user) {
  const response = await fetch(path, { headers: user === null ? {} : { Authorization: `Bearer ${user}` } });
  return { status: response.status, said: response.headers.get('Cache-Status'), body: await response.json() };
}

Object.assign(globalThis, { get, session, tellWorker, loaded: true });
