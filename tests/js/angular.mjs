/** An Angular application without a page: injectors, zone, `HttpClient` and its testing back end, and the cache. */

import 'zone.js';
import '@angular/compiler';

import { HttpClient, HttpEventType, provideHttpClient, withInterceptors, withInterceptorsFromDi, withNoXsrfProtection } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { ApplicationRef, createEnvironmentInjector, Injector, NgZone, PLATFORM_ID, TransferState, ɵINJECTOR_SCOPE } from '@angular/core';

import { HybridCache, hybridCacheInterceptor, provideHybridCache } from '../../dist/angular/index.js';
import { loader } from '../../dist/load.js';
import { fakeLoader, settle } from './support.mjs';

globalThis.ProgressEvent ??= class ProgressEvent extends Event {};

/**
 * An application with the cache in it. `options` go to `provideHybridCache`; `features` too; `interceptors` replaces the
 * functional one; `providers` are added.
 */
export async function application(t, { options, features = [], interceptors = [hybridCacheInterceptor], providers = [], platform = 'browser', fromDi = false, wait = true, loading = fakeLoader(), transfer } = {}) {
  const { load } = loader;
  t.after(() => Object.assign(loader, { load, refused: null }));
  loader.load = (...wanted) => loading.load(...wanted);

  const state = new TransferState();
  if (transfer) state.set('any', 1);
  let becomeStable;
  const stable = new Promise((done) => (becomeStable = done));
  const parent = Injector.create({
    providers: [
      { provide: PLATFORM_ID, useValue: platform },
      { provide: NgZone, useValue: new NgZone({ enableLongStackTrace: false }) },
    ],
  });
  const injector = createEnvironmentInjector(
    [
      provideHybridCache({ user: 'ada', session: 'bearer', ...options }, ...features),
      provideHttpClient(withNoXsrfProtection(), withInterceptors(interceptors), ...(fromDi ? [withInterceptorsFromDi()] : [])),
      provideHttpClientTesting(),
      // What is provided in root lives here.
      { provide: ɵINJECTOR_SCOPE, useValue: 'root' },
      { provide: TransferState, useValue: state },
      { provide: ApplicationRef, useValue: { whenStable: () => stable } },
      ...providers,
    ],
    parent,
  );
  t.after(() => injector.destroyed || injector.destroy());
  const cache = injector.get(HybridCache);
  if (wait && !(await cache.whenReady())) throw new Error(`not ready: ${cache.reason()}`);
  await settle();
  return {
    injector,
    cache,
    http: injector.get(HttpClient),
    server: injector.get(HttpTestingController),
    zone: injector.get(NgZone),
    becomeStable,
    get engine() {
      return loading.engine;
    },
  };
}

/** Answers a request of the testing back end as a server with versions does. */
export function flush(request, body, { version = 5, status = 200, statusText = 'OK', headers = {} } = {}) {
  request.flush(body, { status, statusText, headers: { 'X-Cache-Version': String(version), ...headers } });
}

/** What an observable has brought so far. */
export function follow(observable) {
  const seen = { values: [], error: undefined, complete: false };
  seen.subscription = observable.subscribe({
    next: (value) => seen.values.push(value),
    error: (error) => (seen.error = error),
    complete: () => (seen.complete = true),
  });
  return seen;
}

/** The names of events. */
export const kinds = (events) => events.map(({ type }) => HttpEventType[type]);

/** A request that the server answers and the cache stores. */
export async function stored(app, url, body, options = {}) {
  const seen = follow(app.http.get(url, options));
  await settle();
  flush(app.server.expectOne(({ urlWithParams }) => urlWithParams === url), body, options.answer);
  await settle();
  if (!seen.complete) throw new Error(`${url} was not answered`);
  return seen;
}
