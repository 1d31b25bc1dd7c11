/** What a client's events mean to somebody who looks on. */

import type { CacheEvent, CacheLayer } from '../types.js';
import type { PanelClient } from './client.js';
import { address, reason } from './words.js';

/** One line: a request and how it was answered, or (`outcome` absent) something that happened. */
export interface Line {
  readonly at: number;
  readonly outcome?: 'hit' | 'stale' | 'miss' | 'bypass' | 'late';
  readonly source?: CacheLayer | 'network';
  readonly text: string;
  readonly why?: string;
  readonly ms?: number;
  /** The request was made before the cache was ready, so that its time includes the cache's loading. */
  readonly loading: boolean;
}

export class Journal {
  readonly #client: PanelClient;
  /** When the cache became ready; if nobody was looking then, since when somebody is. */
  #ready: number;
  #version: number | null;

  constructor(client: PanelClient) {
    this.#client = client;
    this.#version = client.version();
    this.#ready = client.status === 'loading' ? Infinity : Date.now();
  }

  /** The line an event makes; `undefined` if it makes none. */
  read({ type, at, url = '', method = 'GET', ms, reason: word, layer, version }: CacheEvent): Line | undefined {
    const note = (text: string): Line => ({ at, text, loading: false });
    switch (type) {
      case 'hit':
      case 'stale':
      case 'miss':
      case 'bypass':
      case 'late':
        return {
          at,
          outcome: type,
          source: layer ?? 'network',
          text: method === 'GET' ? address(url) : `${method} ${address(url)}`,
          ...(word && { why: type === 'late' ? `not stored: ${word}` : reason(word) }),
          ...(ms !== undefined && { ms }),
          // Events have whole milliseconds.
          loading: ms !== undefined && at - ms < this.#ready - 1,
        };
      case 'version': {
        const known = this.#version;
        this.#version = version ?? null;
        if (version === undefined) return note('The version is not known any more');
        return version === known ? undefined : note(`Version ${version}`);
      }
      case 'clear':
        return note(word === 'delete' ? 'Entries were deleted' : 'The cache was cleared');
      case 'error':
        return note(`Trouble in the cache: ${word ?? 'no reason given'}`);
      case 'status':
        return this.#moved(at, word, note);
      default:
        return undefined;
    }
  }

  #moved(at: number, word: string | undefined, note: (text: string) => Line): Line | undefined {
    const { status } = this.#client;
    if (status === 'loading') this.#ready = Infinity;
    if (status === 'ready' && this.#ready === Infinity) this.#ready = at;
    return note(word === 'user' ? 'Another user was named' : word ? `The cache is ${status}: ${word}` : `The cache is ${status}`);
  }
}
