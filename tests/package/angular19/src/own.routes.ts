import { HttpInterceptorFn, provideHttpClient, withInterceptors, withRequestsMadeViaParent } from '@angular/common/http';
import { Routes } from '@angular/router';

import { LazyComponent } from './lazy.component';

const mark: HttpInterceptorFn = (request, next) => next(request.clone({ setHeaders: { 'X-Made-By': 'a lazy route' } }));

/** A part of the application with an `HttpClient` of its own, in front of the application's. */
export const routes: Routes = [
  {
    path: '',
    component: LazyComponent,
    providers: [provideHttpClient(withInterceptors([mark]), withRequestsMadeViaParent())],
  },
];
