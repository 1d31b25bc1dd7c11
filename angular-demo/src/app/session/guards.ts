import { inject } from '@angular/core';
import { CanActivateFn, Router } from '@angular/router';

import { Session } from './session';

/** Lets a signed-in user pass; everybody else signs in first and then comes back to the same address. */
export const signedIn: CanActivateFn = (_route, state) =>
  inject(Session).user() !== null ||
  inject(Router).createUrlTree(['/sign-in'], state.url === '/' ? {} : { queryParams: { next: state.url } });

/** Keeps a signed-in user off the sign-in page. */
export const signedOut: CanActivateFn = () =>
  inject(Session).user() === null || inject(Router).createUrlTree(['/invoices']);
