import { HttpErrorResponse, HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { Router } from '@angular/router';
import { catchError, throwError } from 'rxjs';

import { Session } from './session';

/** Adds the bearer token to requests for this site's API; a 401 there ends the session and leads to the sign-in page. */
export const authInterceptor: HttpInterceptorFn = (request, next) => {
  const session = inject(Session);
  const router = inject(Router);
  const token = session.token();
  if (!token || !request.url.startsWith('/api/')) return next(request);

  return next(request.clone({ setHeaders: { Authorization: `Bearer ${token}` } })).pipe(
    catchError((error: unknown) => {
      // A late 401 of an earlier session must not end the present one.
      if (error instanceof HttpErrorResponse && error.status === 401 && session.token() === token) {
        session.end('The server no longer knows your session. Please sign in again.');
        void router.navigate(['/sign-in'], { queryParams: { next: router.url } });
      }
      return throwError(() => error);
    }),
  );
};
