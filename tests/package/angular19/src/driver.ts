import { HttpClient, HttpContext, HttpEvent, HttpEventType, HttpResponse } from '@angular/common/http';
import { ApplicationRef } from '@angular/core';
import { Router } from '@angular/router';
import { HybridCache, refreshCache, skipCache, withCache } from 'hybrid-cache/angular';
import { firstValueFrom, toArray } from 'rxjs';

import { session } from './session';

/** How one request is to be made. */
interface Wish {
  readonly mode?: 'skip' | 'refresh';
  readonly ttl?: number;
  readonly as?: 'json' | 'text' | 'arraybuffer' | 'blob';
  readonly method?: string;
}

/** What the tests call from outside. */
export class Driver {
  /** How often change detection has run. */
  renders = 0;
  /** How many answers the button has brought. */
  answers = 0;

  constructor(
    private readonly http: HttpClient,
    readonly cache: HybridCache,
    private readonly router: Router,
    private readonly application: ApplicationRef,
  ) {}

  /** Goes to a route; an empty one is none. */
  async go(route: string): Promise<void> {
    await this.router.navigateByUrl(`/${route}`);
  }

  /** Resolves when Angular has nothing left to do, and then answers how often change detection has run. */
  async settled(): Promise<number> {
    await this.application.whenStable();
    await new Promise((go) => setTimeout(go));
    return this.renders;
  }

  signIn(user: string | null): void {
    session.user = user;
  }

  /** The body as a component receives it, or the text of what is not JSON. */
  async get(path: string, wish: Wish = {}): Promise<unknown> {
    const { body } = await this.response(path, wish);
    if (body instanceof Blob) return body.text();
    return body instanceof ArrayBuffer ? new TextDecoder().decode(body) : body;
  }

  async response(path: string, wish: Wish = {}): Promise<HttpResponse<unknown>> {
    const events = await firstValueFrom(this.events(path, wish).pipe(toArray()));
    return events.find((event) => event.type === HttpEventType.Response) as HttpResponse<unknown>;
  }

  events(path: string, { as = 'json', method = 'GET', ...wish }: Wish = {}) {
    return this.http.request(method, path, {
      observe: 'events',
      responseType: as as 'json',
      context: context(wish),
    }) as import('rxjs').Observable<HttpEvent<unknown>>;
  }

  /** The types of the events of one request, by name. */
  async eventTypes(path: string): Promise<string[]> {
    const events = await firstValueFrom(this.events(path).pipe(toArray()));
    return events.map(({ type }) => HttpEventType[type]);
  }

  /** Two components ask for the same; the first changes what it got, at once. Answers what the second sees, now and later. */
  async mutate(path: string): Promise<unknown[]> {
    const { stores } = this.cache.stats();
    const first = (await this.get(path)) as Record<string, unknown>;
    first['edition'] = 'changed by a component';
    while (this.cache.stats().stores === stores) await new Promise((go) => setTimeout(go, 5));
    const seen = [await this.get(path)];
    (seen[0] as Record<string, unknown>)['more'] = 'added by a component';
    seen.push(await this.get(path));
    return structuredClone(seen);
  }

  /** The request is given up before anything came; resolves once that is done. */
  async giveUp(path: string): Promise<void> {
    this.events(path).subscribe().unsubscribe();
  }

  /** How a request fails: status and message of Angular's error. */
  async failure(path: string): Promise<unknown> {
    try {
      await this.response(path);
      return 'it did not fail';
    } catch (error) {
      const { name, status, url, error: body } = error as Record<string, unknown>;
      return { name, status, url, body };
    }
  }
}

function context({ mode, ttl }: Wish): HttpContext {
  if (mode === 'skip') return skipCache();
  if (mode === 'refresh') return refreshCache();
  return ttl === undefined ? new HttpContext() : withCache({ ttl });
}
