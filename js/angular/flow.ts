/** A request's way through a cache that is in action. Loaded with it. */

import { type HttpEvent, HttpEventType, type HttpRequest } from '@angular/common/http';
import type { Observer, Subscriber } from 'rxjs';

import type { Passage } from '../passage.js';
import { Flight, type Sink } from './flight.js';
import type { Next } from './interceptor.js';
import { rebuild } from './response.js';
import type { Seat } from './seat.js';
import { CACHE_OPTIONS, type CacheRequestOptions, type FreshBody } from './token.js';

export class Flow {
  readonly #seat: Seat;
  /** Requests on the network that others may join (S5). */
  readonly #shared = new Map<string, Flight>();

  constructor(seat: Seat) {
    this.#seat = seat;
  }

  /** From the subscription on; the answer is what to do when it ends early. */
  pass(p: Passage, request: HttpRequest<unknown>, next: Next, out: Subscriber<HttpEvent<unknown>>): () => void {
    const { client } = this.#seat;
    const sink: Sink = { p, out, run: this.#seat.here() };
    if (p.plan !== 'lookup') return this.#send(sink, request, next);
    let leave = () => {};
    this.#seat.outside(() =>
      client.lookup(p, (verdict, layer, record) => {
        if (out.closed) return;
        const response = record && client.runtime && rebuild(record, request, client.settings.bodies === 'frozen');
        if (!response) {
          if (record) client.runtime?.reject(p);
          return sink.run(() => (leave = this.#send(sink, request, next)));
        }
        const deliver = () => {
          if (out.closed) return;
          client.done(p, verdict === 'stale' ? verdict : 'hit', layer, record);
          const again = verdict === 'stale' ? request.context.get(CACHE_OPTIONS).revalidated : undefined;
          sink.run(() => {
            out.next({ type: HttpEventType.Sent });
            out.next(response);
            if (again !== 'emit') out.complete();
          });
          if (verdict === 'stale') leave = this.#revalidate({ ...sink, old: record.body }, again, request, next);
        };
        // Memory answers before `subscribe` has returned; no network ever does.
        if (layer === 'memory') queueMicrotask(deliver);
        else deliver();
      }),
    );
    return () => leave();
  }

  /** To the network, alone or with others; the answer leaves it again. */
  #send(sink: Sink, request: HttpRequest<unknown>, next: Next): () => void {
    const { client } = this.#seat;
    this.#seat.outside(() => client.depart(sink.p));
    // Progress is everybody's own.
    const name = request.reportProgress ? undefined : client.runtime?.shareName(sink.p);
    const known = name === undefined ? undefined : this.#shared.get(name);
    if (known) {
      client.counts.shared++;
      known.sinks.add(sink);
      sink.out.next({ type: HttpEventType.Sent });
      return () => known.leave(sink);
    }
    const flight = this.#flight(sink.p, request, name);
    flight.sinks.add(sink);
    flight.start(next);
    return () => flight.leave(sink);
  }

  /** What was served stale is fetched again, once at a time; who was served hears of it as asked for. */
  #revalidate(sink: Sink, again: CacheRequestOptions['revalidated'], request: HttpRequest<unknown>, next: Next): () => void {
    const { p, out, run } = sink;
    this.#seat.outside(() => this.#seat.client.depart(p));
    const name = this.#seat.client.runtime?.shareName(p);
    if (name === undefined) {
      if (again === 'emit') run(() => out.complete());
      return () => {};
    }
    const known = this.#shared.get(name);
    const flight = known ?? this.#flight(p, request, name);
    const waiting = again === 'emit' ? sink : again && { ...sink, out: setter(again) };
    if (waiting) flight.sinks.add(waiting);
    if (!known) flight.start(next);
    // The flight goes on: what it brings is for those who come later.
    return () => void (waiting && flight.sinks.delete(waiting));
  }

  #flight(p: Passage, request: HttpRequest<unknown>, name: string | undefined): Flight {
    const flight = new Flight(this.#seat, p, request, () => void (name !== undefined && this.#shared.delete(name)));
    if (name !== undefined) this.#shared.set(name, flight);
    return flight;
  }
}

/** Sets a signal to the body of a response. */
function setter(signal: FreshBody): Observer<HttpEvent<unknown>> {
  return {
    next: (event) => void (event.type === HttpEventType.Response && signal.set(event.body as never)),
    error: () => {},
    complete: () => {},
  };
}
