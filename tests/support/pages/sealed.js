/** The same page with a client that seals what it keeps; `secret` is what the application tells. */

import './page.js';

import { encryption } from '/package/dist/encryption/index.js';

const { start } = globalThis;
globalThis.secret = 'the secret of one session';
globalThis.start = (options) => start({ ...options, encryptAtRest: encryption(() => globalThis.secret) });
