import type { Passage } from './passage.js';
import type { CacheEvent } from './types.js';

/** What a client tells its listeners. */
export class Events {
  readonly #listeners = new Set<(event: CacheEvent) => void>();
  #waiting: CacheEvent[] = [];

  /** Whether anybody listens; if not, nothing has to be made ready for telling. */
  get heard(): boolean {
    return this.#listeners.size > 0;
  }

  on(listener: (event: CacheEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells, after whatever is going on, in the order of the calls. Fields without a value are left out. */
  tell(type: CacheEvent['type'], fields: Readonly<Record<string, unknown>>, p?: Passage): void {
    if (!this.heard) return;
    const all = { type, at: Date.now(), url: p?.route.href, method: p?.method, ...fields };
    const said = Object.entries(all).filter(([, value]) => value !== undefined && value !== null && value !== '');
    if (this.#waiting.push(Object.fromEntries(said) as unknown as CacheEvent) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    for (const event of this.#waiting.splice(0)) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(event);
        } catch (error) {
          // The listener's own affair; it is reported like any uncaught error.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    }
  }

  /** Nobody listens any more, once what was told is heard. */
  end(): void {
    queueMicrotask(() => this.#listeners.clear());
  }
}
