import { HttpInterceptorFn } from '@angular/common/http';
import { Injectable, inject, signal } from '@angular/core';
import { switchMap, timer } from 'rxjs';

const KEY = 'tally.delay';
/** A modest connection: what a server in the same country takes. */
const DEFAULT_MS = 80;

/**
 * What is added to every request for invoices before it departs. The demo's server is on the visitor's own machine,
 * where a network that takes no time would prove nothing. The page says so, and a slider sets it; 0 adds nothing.
 */
@Injectable({ providedIn: 'root' })
export class Delay {
  readonly ms = signal(Number(sessionStorage.getItem(KEY) ?? DEFAULT_MS));

  set(ms: number): void {
    this.ms.set(ms);
    sessionStorage.setItem(KEY, String(ms));
  }
}

/** Behind the cache: what it answers is not delayed. */
export const delayInterceptor: HttpInterceptorFn = (request, next) => {
  const ms = inject(Delay).ms();
  return ms > 0 && request.url.startsWith('/api/invoices/') ? timer(ms).pipe(switchMap(() => next(request))) : next(request);
};
