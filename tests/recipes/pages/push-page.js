/** Offers a page that hears of versions by push to the tests. */
import { api } from './api.js';
import { cache } from './cache.js';
import './news.js';
import { session } from './session.js';

/** As an application does it: with a token of the server's. */
function signIn(user, token) {
  session.user = user;
  sessionStorage.setItem('token', token ?? '');
  cache.setUser(user);
}

/** The versions that were told. */
const told = [];
cache.on(({ type, version }) => type === 'version' && told.push(version ?? null));

const get = async (path) => (await api(path)).json();

Object.assign(globalThis, { cache, get, signIn, told, loaded: true });
