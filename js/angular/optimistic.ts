import type { WritableSignal } from '@angular/core';
import { Observable, tap } from 'rxjs';

import { begin } from '../optimistic.js';

/**
 * Shows a change at once and takes it back if the request fails, or is given up before it was answered.
 *
 * ```ts
 * optimistic(this.invoice, (invoice) => ({ ...invoice, paid: true }), this.http.post(url, { paid: true })).subscribe();
 * ```
 *
 * Changes that are under way at the same time may fail in any order. If the signal is set by anybody else meanwhile,
 * that stays. Once the request has succeeded, the cache serves nothing older for its URL and its tags.
 *
 * @param shown The signal that the page shows.
 * @param change Makes the new value out of the old one, without changing the old one; may be called again.
 * @param request Made when the answer is subscribed to, after the change was shown.
 */
export function optimistic<T, R>(shown: WritableSignal<T>, change: (before: T) => T, request: Observable<R>): Observable<R> {
  return new Observable((out) => {
    const pending = begin(shown, { get: shown, set: (value) => shown.set(value) }, change);
    out.add(() => pending.undo());
    return request.pipe(tap({ complete: () => pending.keep() })).subscribe(out);
  });
}
