/** Versions by server-sent events: one connection for all tabs of a user, however many there are. */

import type { Client } from './client.js';
import type { HybridCacheClient } from './types.js';

/** Options of {@link push}. */
export interface PushOptions {
  /** The stream's address. Default: `/api/cache/events/`. */
  readonly url?: string;
  /**
   * Opens the stream; for servers that want more than cookies, which is all the browser's own `EventSource` sends.
   * Default: `new EventSource(url, { withCredentials: true })`.
   */
  readonly open?: (url: string) => EventStream;
}

/** An `EventSource`, or what behaves as one. */
export interface EventStream {
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  /** 2 when it has ended for good (HTML standard, "EventSource"). */
  readonly readyState: number;
  close(): void;
}

/** What a stream says, and one tab tells the others. */
interface News {
  readonly server: string;
  readonly user: string;
  readonly version: number;
  readonly scope?: string;
}

const CHANNEL = 'hybrid-cache-push';

/** A stream that was refused is tried again after this, ms. */
const AGAIN = 60_000;

/**
 * Opens one stream for all tabs in which this user is signed in: the tab that has the Web Lock keeps it and passes on,
 * by `BroadcastChannel`, what it hears; when that tab goes, the next one takes over. Where there are no Web Locks, every
 * tab has a stream of its own. A message is JSON with `version` and, where the server has scopes, `scope`, as the data of
 * an event without a name or of the event `version`. It can only raise what is known (R12); anything else is ignored.
 *
 * @param client One of `createHybridCache()`.
 * @returns How to end it.
 */
export function push(client: Omit<HybridCacheClient, 'fetch'>, { url = '/api/cache/events/', open }: PushOptions = {}): () => void {
  const own = client as unknown as Client;
  const server = new URL(url, globalThis.document?.baseURI ?? location.href).origin;
  const connect = open ?? ((address) => new EventSource(address, { withCredentials: true }));
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL);
  let leave = () => {};
  let present: string | null = null;

  const learn = (news: News) => {
    if (news.server !== server || news.user !== own.user || typeof news.version !== 'number') return;
    own.runtime?.learn(server, news.user, news.version, typeof news.scope === 'string' ? news.scope : undefined);
  };
  if (channel) channel.onmessage = ({ data }) => learn(Object(data) as News);

  /** Keeps a stream for `user` until `signal`. */
  const lead = (user: string, signal: AbortSignal): void => {
    if (signal.aborted) return;
    let stream: EventStream;
    try {
      stream = connect(url);
    } catch {
      return again(user, signal);
    }
    const heard = ({ data }: MessageEvent<string>) => {
      try {
        const { version, scope } = JSON.parse(data) as News;
        const news = { server, user, version, scope };
        learn(news as News);
        channel?.postMessage(news);
      } catch {
        // No message of the contract.
      }
    };
    const over = () => stream.close();
    stream.addEventListener('message', heard);
    stream.addEventListener('version', heard);
    stream.addEventListener('error', () => {
      // Otherwise it connects again by itself.
      if (stream.readyState !== 2 || signal.aborted) return;
      signal.removeEventListener('abort', over);
      again(user, signal);
    });
    signal.addEventListener('abort', over);
  };
  const again = (user: string, signal: AbortSignal) => {
    const timer = setTimeout(() => lead(user, signal), AGAIN);
    signal.addEventListener('abort', () => clearTimeout(timer));
  };

  const follow = (user: string | null) => {
    leave();
    present = user;
    if (user === null) return void (leave = () => {});
    const ending = new AbortController();
    const { signal } = ending;
    leave = () => ending.abort();
    const held = () => new Promise<void>((free) => signal.addEventListener('abort', () => free()));
    const locks = globalThis.navigator?.locks;
    if (!locks) return lead(user, signal);
    const name = `${CHANNEL} ${server} ${user}`;
    locks.request(name, { signal }, () => (lead(user, signal), held())).catch(() => {
      // Given up before it was had; or a page that may have no locks, and then has its own stream.
      lead(user, signal);
    });
  };

  const stop = client.on(({ type }) => void (type === 'status' && own.user !== present && follow(own.user)));
  follow(own.user);
  // A page with a lock or a stream is kept out of the back/forward cache.
  const hide = () => follow(null);
  const show = () => own.user !== present && follow(own.user);
  const page = globalThis.document ? globalThis : undefined;
  page?.addEventListener('pagehide', hide);
  page?.addEventListener('pageshow', show);
  return () => {
    stop();
    follow(null);
    channel?.close();
    page?.removeEventListener('pagehide', hide);
    page?.removeEventListener('pageshow', show);
  };
}
