/** Between stored records and what callers receive. */

import type { StoredRecord } from './boundary.js';
import type { Passage } from './passage.js';

/** What a body weighs, bytes; browsers keep text outside Latin-1 in two bytes a character. */
export function size(body: string | ArrayBuffer): number {
  if (typeof body !== 'string') return body.byteLength;
  return /[^\0-\xff]/.test(body) ? 2 * body.length : body.length;
}

/** `Cache-Status` (RFC 9211) of what is served from a record. */
export function hitStatus(record: StoredRecord): string {
  return `hybrid-cache; hit; ttl=${Math.floor((record.stored + record.fresh - Date.now()) / 1000)}`;
}

/** `Cache-Status` (RFC 9211) of what the network answered. */
export function missStatus(p: Passage, stored: boolean, shared?: boolean): string {
  const { plan, why, method } = p;
  const forward =
    plan === 'lookup'
      ? why === 'absent'
        ? 'uri-miss'
        : why === 'expired' || why === 'stale'
          ? 'stale'
          : 'miss'
      : method !== 'GET'
        ? 'method'
        : why === 'asked' || why === 'refresh'
          ? 'request'
          : 'bypass';
  return `hybrid-cache; fwd=${forward}${stored ? '; stored' : ''}${shared ? '; collapsed' : ''}${why ? `; detail=${why}` : ''}`;
}

const frozen = new WeakMap<StoredRecord, { value: unknown }>();

/** The value of a JSON record: the caller's own, or one that all share and nobody can change. */
export function json(record: StoredRecord, share: boolean): unknown {
  if (!share) return JSON.parse(record.body as string);
  let kept = frozen.get(record);
  if (!kept) frozen.set(record, (kept = { value: freeze(JSON.parse(record.body as string)) }));
  return kept.value;
}

/** Freezes a JSON value and everything in it. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
