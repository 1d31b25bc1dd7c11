/**
 * An application that uses the cache as the documentation says, wired in the way its address asks for:
 * `?interceptor=function|class|both|none`, `&backend=fetch`, `&bodies=frozen`, `&wasm=file`. In the configuration `zoneless`
 * there is no zone.js.
 */

import {
  HTTP_INTERCEPTORS,
  HttpInterceptorFn,
  provideHttpClient,
  withFetch,
  withInterceptors,
  withInterceptorsFromDi,
} from '@angular/common/http';
import { Provider, provideExperimentalZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideRouter, withHashLocation } from '@angular/router';
import { CacheInterceptor, hybridCacheInterceptor, provideHybridCache } from 'hybrid-cache/angular';

import { AppComponent } from './app.component';
import { routes } from './routes';
import { session } from './session';

const asked = new URLSearchParams(location.search);
const kind = asked.get('interceptor') ?? 'function';

const authenticate: HttpInterceptorFn = (request, next) =>
  next(session.user ? request.clone({ setHeaders: { Authorization: `Bearer ${session.user}` } }) : request);

const byClass: Provider[] =
  kind === 'class' || kind === 'both' ? [{ provide: HTTP_INTERCEPTORS, useClass: CacheInterceptor, multi: true }] : [];

void bootstrapApplication(AppComponent, {
  providers: [
    'Zone' in globalThis ? [] : provideExperimentalZonelessChangeDetection(),
    provideRouter(routes, withHashLocation()),
    provideHybridCache({
      user: () => session.user,
      session: 'bearer',
      // On a busy machine a hit is to be a hit.
      lookupTimeout: 5_000,
      bodies: asked.get('bodies') === 'frozen' ? 'frozen' : 'copy',
      ...(asked.get('wasm') === 'file' ? { wasmUrl: 'assets/hybrid_cache_bg.wasm' } : {}),
    }),
    provideHttpClient(
      withInterceptors(kind === 'class' || kind === 'none' ? [authenticate] : [authenticate, hybridCacheInterceptor]),
      ...(byClass.length ? [withInterceptorsFromDi()] : []),
      ...(asked.get('backend') === 'fetch' ? [withFetch()] : []),
    ),
    ...byClass,
  ],
});
