import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { ApplicationConfig, inject, provideZoneChangeDetection } from '@angular/core';
import { provideRouter, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { hybridCacheInterceptor, provideHybridCache } from 'hybrid-cache/angular';

import { routes } from './app.routes';
import { delayInterceptor } from './panel/delay';
import { lastResponseInterceptor } from './panel/last-response';
import { authInterceptor } from './session/auth.interceptor';
import { Session } from './session/session';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const appConfig: ApplicationConfig = {
  providers: [
    provideZoneChangeDetection({ eventCoalescing: true }),
    provideRouter(
      routes,
      withComponentInputBinding(),
      withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
    ),
    provideHybridCache({
      // The server names the scope at sign-in and stamps it on every answer: the strictest way to say who the user is.
      user: () => inject(Session).scope(),
      userIs: 'scope',
      session: 'bearer',
      include: ['/api/invoices/'],
      // Right after a reload on a slow machine: rather wait a moment for IndexedDB than ask the server again.
      lookupTimeout: SECOND,
      // This server says itself how long its answers are fresh (Hybrid-Cache-Control); these hold where it does not.
      rules: [{ match: '/api/invoices/', ttl: 10 * MINUTE, staleWhileRevalidate: MINUTE }],
    }),
    // Authentication before the cache, which sees the request as the server would. First and last belong to the demo's panel.
    provideHttpClient(withInterceptors([lastResponseInterceptor, authInterceptor, hybridCacheInterceptor, delayInterceptor])),
  ],
};
