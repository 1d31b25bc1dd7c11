/**
 * A network that is away, or slow, as far as this page can tell: `fetch` and `XMLHttpRequest` are replaced while it
 * lasts. Below the cache, which calls them as any code does. Navigation, images, workers and what keeps a `fetch` of its
 * own from before notice nothing.
 */

/** `offline`: every request fails. `delay`: each departs that many ms later. */
export interface Conditions {
  readonly offline: boolean;
  readonly delay: number;
}

let conditions: Conditions = { offline: false, delay: 0 };
let restore: (() => void) | undefined;

/** Puts conditions in force for the page; those of an ordinary network give everything back as it was. */
export function simulate(next: Conditions): void {
  conditions = next;
  if (next.offline || next.delay > 0) restore ??= replace();
  else {
    restore?.();
    restore = undefined;
  }
}

function replace(): () => void {
  const { fetch } = globalThis;
  const { send, abort } = XMLHttpRequest.prototype;
  const pending = new WeakMap<XMLHttpRequest, ReturnType<typeof setTimeout>>();

  const slowFetch: typeof fetch = async (input, init) => {
    const { offline, delay } = conditions;
    if (offline) throw new TypeError('Failed to fetch (offline, simulated by hybrid-cache-panel)');
    if (delay > 0) await pause(delay, init?.signal ?? (input instanceof Request ? input.signal : undefined));
    return fetch(input, init);
  };
  const slowSend: typeof send = function (this: XMLHttpRequest, body) {
    const { offline, delay } = conditions;
    const depart = () => {
      pending.delete(this);
      if (offline) for (const type of ['error', 'loadend']) this.dispatchEvent(new ProgressEvent(type));
      else send.call(this, body);
    };
    pending.set(this, setTimeout(depart, offline ? 0 : delay));
  };
  const slowAbort: typeof abort = function (this: XMLHttpRequest) {
    clearTimeout(pending.get(this));
    abort.call(this);
  };
  globalThis.fetch = slowFetch;
  Object.assign(XMLHttpRequest.prototype, { send: slowSend, abort: slowAbort });

  return () => {
    // Somebody may have replaced them once more since; then ours stay underneath and let everything pass.
    if (globalThis.fetch === slowFetch) globalThis.fetch = fetch;
    if (XMLHttpRequest.prototype.send === slowSend) XMLHttpRequest.prototype.send = send;
    if (XMLHttpRequest.prototype.abort === slowAbort) XMLHttpRequest.prototype.abort = abort;
  };
}

function pause(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((go, fail) => {
    signal?.throwIfAborted();
    const timer = setTimeout(go, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      fail(signal.reason);
    }, { once: true });
  });
}
