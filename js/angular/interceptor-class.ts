import type { HttpEvent, HttpHandler, HttpInterceptor, HttpRequest } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import type { Observable } from 'rxjs';

import { intercept } from './interceptor.js';
import { SEAT } from './seat.js';

/** `hybridCacheInterceptor` as a class, for `HTTP_INTERCEPTORS`; `withHttpInterceptorClass()` registers it. */
@Injectable()
export class CacheInterceptor implements HttpInterceptor {
  readonly #seat = inject(SEAT, { optional: true });

  intercept(request: HttpRequest<unknown>, next: HttpHandler): Observable<HttpEvent<unknown>> {
    return intercept(request, (to) => next.handle(to), 'class', this.#seat);
  }
}
