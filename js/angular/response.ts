/** Between Angular's responses and what the cache keeps. */

import { HttpHeaders, type HttpRequest, HttpResponse } from '@angular/common/http';

import type { StoredRecord } from '../boundary.js';
import type { Passage } from '../passage.js';
import { hitStatus, json } from '../record.js';
import type { Runtime } from '../runtime.js';

type ResponseType = HttpRequest<unknown>['responseType'];

/** A body as it is kept; `undefined`: it cannot be. */
export type Snapshot = string | ArrayBuffer | Promise<ArrayBuffer> | undefined;

/** The response of a record; `undefined` if the record makes none. */
export function rebuild(
  record: StoredRecord,
  request: HttpRequest<unknown>,
  frozen: boolean,
): HttpResponse<unknown> | undefined {
  try {
    const { status, statusText, url } = record;
    const headers = new HttpHeaders(`${record.headers}\nCache-Status: ${hitStatus(record)}`);
    const body = restore(record, request.responseType, frozen, headers);
    return new HttpResponse({ body, headers, status, statusText, url });
  } catch {
    return undefined;
  }
}

function restore(record: StoredRecord, type: ResponseType, frozen: boolean, headers: HttpHeaders): unknown {
  const { body } = record;
  if ((typeof body === 'string') !== (type === 'json' || type === 'text')) throw new TypeError('a body of another kind');
  if (type === 'json') return json(record, frozen);
  if (type === 'text') return body;
  // The record's own buffer is everybody's.
  const bytes = (body as ArrayBuffer).slice(0);
  return type === 'blob' ? new Blob([bytes], { type: headers.get('Content-Type') ?? '' }) : bytes;
}

/**
 * A copy of a body that nobody else has, taken at once: the caller may change the body as soon as it has it.
 * `undefined`: it cannot be kept.
 */
export function snapshot(body: unknown, type: ResponseType): Snapshot {
  switch (type) {
    case 'json':
      try {
        return JSON.stringify(body);
      } catch {
        return undefined;
      }
    case 'text':
      return typeof body === 'string' ? body : undefined;
    case 'arraybuffer':
      return body instanceof ArrayBuffer ? body.slice(0) : undefined;
    case 'blob':
      return body instanceof Blob ? body.arrayBuffer() : undefined;
  }
}

/** Is this the body that was served before, byte for byte? */
export function same(old: Snapshot, fresh: Snapshot): boolean {
  if (!(old instanceof ArrayBuffer && fresh instanceof ArrayBuffer)) return old === fresh;
  const [a, b] = [new Uint8Array(old), new Uint8Array(fresh)];
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** The same for one more caller. */
export function copy(response: HttpResponse<unknown>, type: ResponseType, kept: Snapshot): HttpResponse<unknown> {
  if (type === 'json' && typeof kept === 'string') return response.clone({ body: JSON.parse(kept) as unknown });
  return kept instanceof ArrayBuffer ? response.clone({ body: kept.slice(0) }) : response;
}

/** Hands the body over, now or as soon as it is read. */
export function keep(runtime: Runtime, p: Passage, response: HttpResponse<unknown>, kept: Snapshot): void {
  if (kept === undefined) return runtime.abandon(p);
  const admit = (body: string | ArrayBuffer) => runtime.admit(p, body, response.statusText, lines(response.headers));
  // Under zone.js a browser's own promise is no instance of `Promise`.
  if (typeof kept === 'object' && 'then' in kept) kept.then(admit, () => runtime.abandon(p));
  else admit(kept);
}

function lines(headers: HttpHeaders): string {
  return headers
    .keys()
    .map((name) => `${name}: ${headers.getAll(name)!.join(', ')}`)
    .join('\n');
}
