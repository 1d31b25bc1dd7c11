import { HttpInterceptorFn, HttpResponse, HttpResponseBase, HttpErrorResponse } from '@angular/common/http';
import { Injectable, inject, signal } from '@angular/core';
import { tap } from 'rxjs';

interface Seen {
  readonly request: string;
  /** As they would be on the wire: one a line. */
  readonly headers: string;
}

/** The last response to a request for invoices, as the application received it: from the cache or not. */
@Injectable({ providedIn: 'root' })
export class LastResponse {
  readonly seen = signal<Seen | null>(null);

  see(method: string, { headers, status, url }: HttpResponseBase): void {
    const lines = headers.keys().sort().map((name) => `${name}: ${headers.getAll(name)?.join(', ')}`);
    const path = url ? new URL(url, location.href) : null;
    this.seen.set({ request: `${method} ${path ? path.pathname + path.search : ''}`, headers: [`HTTP ${status}`, ...lines].join('\n') });
  }
}

/** In front of the cache, so that it sees what the application sees. */
export const lastResponseInterceptor: HttpInterceptorFn = (request, next) => {
  if (!request.url.startsWith('/api/invoices/')) return next(request);
  const last = inject(LastResponse);
  return next(request).pipe(
    tap({
      next: (event) => event instanceof HttpResponse && last.see(request.method, event),
      error: (error) => error instanceof HttpErrorResponse && last.see(request.method, error),
    }),
  );
};
