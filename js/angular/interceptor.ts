import {
  HttpErrorResponse,
  type HttpEvent,
  HttpEventType,
  type HttpInterceptorFn,
  type HttpRequest,
  type HttpResponseBase,
} from '@angular/common/http';
import { inject } from '@angular/core';
import { map, Observable, tap } from 'rxjs';

import { modeOf } from '../mode.js';
import { type Passage, passedStatus } from '../passage.js';
import { warn } from '../warn.js';
import { headerSource, type Seat, SEAT } from './seat.js';
import { CACHE_OPTIONS } from './token.js';

/** What follows in the chain of interceptors. */
export type Next = (request: HttpRequest<unknown>) => Observable<HttpEvent<unknown>>;

/**
 * The cache, for `provideHttpClient(withInterceptors([…, hybridCacheInterceptor]))`.
 *
 * Its place is after interceptors that add credentials or repeat failed requests, and after those that change what the
 * application receives (a body is kept as the network brought it); before those that should see network traffic only.
 * Needs `provideHybridCache()`; without it, and wherever the cache is not in action, a request passes through at once.
 */
export const hybridCacheInterceptor: HttpInterceptorFn = (request, next) =>
  intercept(request, next, 'function', inject(SEAT, { optional: true }));

/** A request passes the cache, for the kind of interceptor that came first. */
export function intercept(
  request: HttpRequest<unknown>,
  next: Next,
  kind: 'function' | 'class',
  seat: Seat | null,
): Observable<HttpEvent<unknown>> {
  if (!seat) warn('provider', 'provideHybridCache() is not among the providers, so the interceptor does nothing.');
  if (!seat || (seat.claimed ??= kind) !== kind) return next(request);
  if (seat.watch) next = seat.watch(next);
  let first = enter(request, seat);
  if (!first) return next(request);
  return new Observable((out) => {
    // Subscribed to again, by a retry: another request.
    const p = first ?? enter(request, seat);
    first = undefined;
    if (!p) return next(request).subscribe(out);

    if (p.plan === 'lookup' && seat.hydrating) {
      p.plan = 'store';
      p.why = 'hydration';
    }
    const { client } = seat;
    if (client.runtime) return seat.flow!.pass(p, request, next, out);
    // Not loaded yet. What is to be looked up waits a little; whatever departs now is observed.
    let leave = () => {};
    const run = seat.here();
    const go = () => {
      if (out.closed) return;
      const { flow } = seat;
      if (client.runtime && flow) return run(() => (leave = flow.pass(p, request, next, out)));
      run(() => out.add(past(p, request, next, seat).subscribe(out)));
    };
    if (p.plan === 'lookup') seat.outside(() => client.arrival(p, go));
    else go();
    return () => leave();
  });
}

function past(p: Passage, request: HttpRequest<unknown>, next: Next, seat: Seat): Observable<HttpEvent<unknown>> {
  const { client } = seat;
  seat.outside(() => client.depart(p));
  p.why ||= 'loading';
  const arrived = (response: HttpResponseBase) => {
    seat.observe(p, response);
    client.done(p);
  };
  return next(request).pipe(
    map((event) => {
      if (event.type !== HttpEventType.Response) return event;
      arrived(event);
      return event.clone({ headers: event.headers.append('Cache-Status', passedStatus(p)) });
    }),
    tap({ error: (error) => void (error instanceof HttpErrorResponse && arrived(error)) }),
  );
}

/** Fields that `HttpRequest` has from Angular 20 on, as the Fetch standard names them. */
type Fetched = Partial<Record<'cache' | 'redirect' | 'integrity' | 'mode' | 'credentials', string>>;

function enter(request: HttpRequest<unknown>, seat: Seat): Passage | undefined {
  const { headers } = request;
  const fetched = request as Fetched;
  const own = request.context.get(CACHE_OPTIONS);
  const mode = own.mode ?? (request.body === null ? modeOf(fetched) : 'bypass');
  return seat.outside(() =>
    seat.client.enter(
      request.method,
      request.urlWithParams,
      request.responseType,
      headers.keys().length ? headerSource(headers) : undefined,
      mode === 'default' || own.mode ? own : { ...own, mode },
      fetched.credentials ?? (request.withCredentials ? 'include' : undefined),
    ),
  );
}
