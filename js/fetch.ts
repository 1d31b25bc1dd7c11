/** `fetch` through the cache. */

import { BRING, HOLD } from './boundary.js';
import type { Client } from './client.js';
import { label } from './label.js';
import type { Passage, Variant } from './passage.js';
import { isText, listenIn, serve } from './response.js';
import type { Runtime } from './runtime.js';

/** How many URLs are prefetched at a time. */
const LANES = 4;

/** What never ends cannot be kept. */
const ENDLESS = /^(text\/event-stream|multipart\/x-mixed-replace)/i;

/** A service worker's browser takes the body of a response without asking its methods. */
const IN_WORKER = 'ServiceWorkerGlobalScope' in globalThis;

/** One that waits for another's network request. */
interface Sharer {
  readonly p: Passage;
  take(response: Response): void;
  fail(error: unknown): void;
}

export class Fetches {
  readonly #client: Client;
  /** Network requests under way that others may share, until their headers are here. */
  readonly #flights = new Map<string, Sharer[]>();

  /** @param client One whose engine runs. */
  constructor(client: Client) {
    this.#client = client;
  }

  get #runtime(): Runtime {
    return this.#client.begun!;
  }

  /** A call of `fetch`, on its way since `p` was made of it. */
  through(p: Passage, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    if (p.plan !== 'lookup') return this.#network(p, input, init);
    const signal = init?.signal ?? (typeof input === 'object' && 'signal' in input ? input.signal : undefined);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => reject(signal!.reason);
      signal?.addEventListener('abort', abort);
      this.#client.lookup(p, (verdict, layer, record) => {
        signal?.removeEventListener('abort', abort);
        if (signal?.aborted) return;
        const served = record && serve(record, this.#runtime.record, this.#client.settings.bodies === 'frozen');
        if (!served) {
          if (record) this.#runtime.reject(p);
          return resolve(this.#network(p, input, init, !signal));
        }
        this.#client.done(p, verdict === 'stale' ? verdict : 'hit', layer, record);
        resolve(served);
        if (verdict === 'stale') this.#revalidate(p, input, init);
      });
    });
  }

  /** See `HybridCacheClient.prefetch`. */
  async prefetch(urls: readonly string[], variant: Variant = 'fetch'): Promise<number> {
    const left = [...urls];
    let good = 0;
    const lane = async () => {
      for (let url = left.shift(); url !== undefined; url = left.shift()) {
        const p = this.#client.enter('GET', url, variant, undefined, {});
        const response = p && (await this.through(p, url).catch(() => undefined));
        if (response?.ok) good++;
        await response?.arrayBuffer().catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return good;
  }

  #network(p: Passage, input: RequestInfo | URL, init?: RequestInit, share = false): Promise<Response> {
    this.#client.depart(p);
    const name = share ? this.#runtime.shareName(p) : undefined;
    const flight = name === undefined ? undefined : this.#flights.get(name);
    if (!flight) return this.#fly(p, input, init, name, true);
    this.#client.counts.shared++;
    return new Promise((take, fail) => flight.push({ p, take, fail }));
  }

  /** What was served stale is fetched again, once at a time. The signal was the caller's, who has been answered. */
  #revalidate(p: Passage, input: RequestInfo | URL, init?: RequestInit): void {
    this.#client.depart(p);
    const name = this.#runtime.shareName(p);
    if (name === undefined || this.#flights.has(name)) return;
    void this.#fly(p, input, { ...init, signal: null }, name, false).catch(() => {});
  }

  /** One network request for `p` (which waits for the answer, or does not) and for all who join until its headers are here. */
  async #fly(
    p: Passage,
    input: RequestInfo | URL,
    init: RequestInit | undefined,
    name: string | undefined,
    awaited: boolean,
  ): Promise<Response> {
    const sharers: Sharer[] = [];
    if (name !== undefined) this.#flights.set(name, sharers);
    let response: Response;
    try {
      response = await this.#send(p, input, init);
    } catch (error) {
      if (awaited) this.#client.done(p);
      for (const sharer of sharers) {
        this.#client.done(sharer.p);
        sharer.fail(error);
      }
      throw error;
    } finally {
      if (name !== undefined) this.#flights.delete(name);
    }
    const copies = sharers.map(() => response.clone());
    const stored = await this.#arrived(p, response, awaited);
    sharers.forEach((sharer, i) => {
      this.#client.done(sharer.p);
      sharer.take(label(copies[i]!, this.#runtime.record.missStatus(sharer.p, stored, true)));
    });
    if (awaited) this.#client.done(p);
    return label(response, this.#runtime.record.missStatus(p, stored));
  }

  #send(p: Passage, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const echo = this.#runtime.echo(p);
    if (!echo) return fetch(input, init);
    if (typeof input === 'object' && 'url' in input) {
      const request = new Request(input, init);
      request.headers.set(...echo);
      return fetch(request);
    }
    const headers = new Headers(init?.headers);
    headers.set(...echo);
    return fetch(input, { ...init, headers });
  }

  /** Observes a response and sees to its storing; resolves, once it may be delivered, to whether it is to be stored. */
  async #arrived(p: Passage, response: Response, awaited: boolean): Promise<boolean> {
    if (ENDLESS.test(response.headers.get('Content-Type') ?? '')) p.plan = 'observe';
    const bits = this.#client.observe(p, response.status, response.headers);
    const wanted = (bits & BRING) !== 0;
    if (wanted) {
      // The response is labelled later.
      const { headers, statusText } = response;
      const store = (body: Promise<string | ArrayBuffer>) => void this.#store(p, headers, statusText, body);
      const text = isText(p, response);
      if (text && awaited && !IN_WORKER) listenIn(response, store);
      else {
        const kept = awaited ? response.clone() : response;
        store(text ? kept.text() : kept.arrayBuffer());
      }
    } else if (!awaited) void response.body?.cancel();
    if (bits & HOLD) await new Promise<void>((go) => this.#runtime.hold(p, go));
    return wanted;
  }

  async #store(p: Passage, headers: Headers, statusText: string, reading: Promise<string | ArrayBuffer>): Promise<void> {
    try {
      let body = await reading;
      if (p.variant === 'json') JSON.parse((body = (body as string).replace(/^\)\]\}',?\n/, '')));
      const lines: string[] = [];
      headers.forEach((value, name) => lines.push(`${name}: ${value}`));
      this.#runtime.admit(p, body, statusText, lines.join('\n'));
    } catch {
      // The connection broke, or it is not what it says; the caller finds out by itself.
      this.#runtime.abandon(p);
    }
  }
}
