/** A request's way through a cache that is in action. Loaded with it. */

import { type HttpEvent, HttpEventType, type HttpRequest } from '@angular/common/http';
import type { Subscriber } from 'rxjs';

import type { Passage } from '../passage.js';
import { Flight, type Sink } from './flight.js';
import type { Next } from './interceptor.js';
import { rebuild } from './response.js';
import type { Seat } from './seat.js';

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
        const { runtime } = client;
        const response = record && runtime && rebuild(record, request, runtime, client.settings.bodies === 'frozen');
        if (!response) {
          if (record) runtime?.reject(p);
          return sink.run(() => (leave = this.#send(sink, request, next)));
        }
        // Memory answers before `subscribe` has returned; no network ever does.
        queueMicrotask(() => {
          if (out.closed) return;
          client.done(p, verdict === 'stale' ? verdict : 'hit', layer, runtime.record.size(record.body));
          sink.run(() => {
            out.next({ type: HttpEventType.Sent });
            out.next(response);
            out.complete();
          });
          if (verdict === 'stale') this.#revalidate(p, request, next);
        });
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

  /** What was served stale is fetched again, once at a time, for nobody in particular. */
  #revalidate(p: Passage, request: HttpRequest<unknown>, next: Next): void {
    this.#seat.outside(() => this.#seat.client.depart(p));
    const name = this.#seat.client.runtime?.shareName(p);
    if (name !== undefined && !this.#shared.has(name)) this.#flight(p, request, name).start(next);
  }

  #flight(p: Passage, request: HttpRequest<unknown>, name: string | undefined): Flight {
    const flight = new Flight(this.#seat, p, request, () => void (name !== undefined && this.#shared.delete(name)));
    if (name !== undefined) this.#shared.set(name, flight);
    return flight;
  }
}
