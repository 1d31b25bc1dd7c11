/** A request on the network, for one subscriber or for several (S5), or for none when it revalidates. */

import { HttpErrorResponse, type HttpEvent, HttpEventType, type HttpRequest, type HttpResponse } from '@angular/common/http';
import { type Observer, Subscription } from 'rxjs';

import { BRING, HOLD } from '../boundary.js';
import type { Passage } from '../passage.js';
import { freeze, missStatus } from '../record.js';
import type { Next } from './interceptor.js';
import { copy, keep, same, snapshot, type Snapshot } from './response.js';
import type { Seat } from './seat.js';

/** One subscriber. */
export interface Sink {
  readonly p: Passage;
  readonly out: Observer<HttpEvent<unknown>>;
  /** Runs what calls the application, in the zone it subscribed in. */
  run(call: () => void): void;
  /** The body it was served already; then only another one concerns it. */
  readonly old?: Snapshot;
}

export class Flight {
  readonly sinks = new Set<Sink>();
  readonly #subscription = new Subscription();
  /** Events of the network that wait until a change is committed. */
  #held: (() => void)[] | undefined;

  constructor(
    readonly seat: Seat,
    readonly p: Passage,
    readonly request: HttpRequest<unknown>,
    /** Nobody can join any more. */
    readonly close: () => void,
  ) {}

  start(next: Next): void {
    const { p, seat } = this;
    const echo = seat.client.runtime?.echo(p);
    const request = echo ? this.request.clone({ headers: this.request.headers.set(...echo) }) : this.request;
    let synchronous = true;
    this.#subscription.add(
      next(request).subscribe({
        next: (event) => {
          if (event.type !== HttpEventType.Response) return this.#each(({ out, old }) => old === undefined && out.next(event));
          // The server rendered this into the page, some time ago.
          if (synchronous && seat.hydrating) p.token = undefined;
          this.#arrived(event);
        },
        error: (error: unknown) => this.#failed(error),
        complete: () => this.#deliver(() => this.#each(({ out }) => out.complete())),
      }),
    );
    synchronous = false;
  }

  leave(sink: Sink): void {
    this.sinks.delete(sink);
    if (this.sinks.size) return;
    this.close();
    this.#subscription.unsubscribe();
  }

  #arrived(response: HttpResponse<unknown>): void {
    const { p, request, sinks } = this;
    const { client } = this.seat;
    this.close();
    const bits = this.seat.observe(p, response);
    const { runtime } = client;
    if (!runtime) return this.#deliver(() => this.#each((sink) => sink.out.next(response)), true);

    const type = request.responseType;
    const stored = (bits & BRING) !== 0;
    const [one, ...more] = sinks;
    const kept = stored || more.length || one?.old !== undefined ? snapshot(response.body, type) : undefined;
    if (stored) this.seat.outside(() => keep(runtime, p, response, kept));
    const frozen = kept !== undefined && type === 'json' && client.settings.bodies === 'frozen';
    if (frozen) freeze(response.body);
    this.#hold(bits);
    this.#deliver(() => {
      let first = true;
      this.#each((sink) => {
        if (sink.old !== undefined && same(sink.old, kept)) return;
        const own = first || frozen ? response : copy(response, type, kept);
        const status = missStatus(sink.p, stored, !first);
        first = false;
        sink.out.next(own.clone({ headers: own.headers.append('Cache-Status', status) }));
      });
    }, true);
  }

  #failed(error: unknown): void {
    const { p } = this;
    const { client } = this.seat;
    this.close();
    if (error instanceof HttpErrorResponse) {
      const bits = this.seat.observe(p, error);
      if (bits & BRING) client.runtime?.abandon(p);
      this.#hold(bits);
    }
    const { runtime } = client;
    const headers = runtime && error instanceof HttpErrorResponse && error.status ? error.headers : undefined;
    this.#deliver(() => {
      this.#each(({ p, out, old }) => {
        // Who was served has its answer.
        if (old !== undefined) return out.complete();
        // The error stays the one it is: with its class, its message and its stack.
        if (headers) Object.assign(error as object, { headers: headers.append('Cache-Status', missStatus(p, false)) });
        out.error(error);
      });
    }, true);
  }

  /** From now on events wait, if the engine wants it so. */
  #hold(bits: number): void {
    if (!(bits & HOLD)) return;
    const held: (() => void)[] = (this.#held = []);
    this.seat.client.runtime?.hold(this.p, () => {
      this.#held = undefined;
      for (const event of held) event();
    });
  }

  /** Now, or when the hold is over; `answer`: it is what the subscribers have been waiting for. */
  #deliver(event: () => void, answer?: boolean): void {
    const whole = () => {
      if (answer) for (const { p, old } of this.sinks) if (old === undefined) this.seat.client.done(p);
      event();
    };
    if (this.#held) this.#held.push(whole);
    else whole();
  }

  #each(call: (sink: Sink) => void): void {
    for (const sink of [...this.sinks]) sink.run(() => call(sink));
  }
}
