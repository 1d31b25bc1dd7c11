/** The public names of `hybrid-cache/encryption`. */

import type { Encryption } from '../types.js';
import { ask } from './lock.js';
import { sealing } from './runtime.js';

/**
 * For the option `encryptAtRest`: bodies and header lines are kept sealed (AES-GCM of WebCrypto), under a key that is
 * made of a secret and never stored. URLs, versions, sizes and times stay readable; `docs/encryption.md` has the list.
 *
 * ```ts
 * const cache = createHybridCache({ user: () => session.userId, encryptAtRest: encryption(() => session.cacheSecret) });
 * ```
 *
 * @param secret Tells the present user's secret: at least 16 characters out of a random source (a password is none), or
 *   `null` where there is none; then nothing is stored, and nothing that is stored is served. Asked whenever a request
 *   departs, in Angular in the injection context of the application, untracked by signals. One that throws counts as `null`.
 * @throws TypeError if `secret` is no function.
 */
export function encryption(secret: () => string | null): Encryption {
  // What was given instead may be the secret: it is not repeated.
  if (typeof secret !== 'function') throw new TypeError('hybrid-cache: encryption() takes a function that tells the secret');
  return {
    over: (base) => sealing(base, secret),
    lack: (client) => {
      const asked = ask(client, secret);
      return 'lack' in asked ? asked.lack : undefined;
    },
  };
}

export type { Encryption } from '../types.js';
