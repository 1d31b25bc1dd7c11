/** Something that must not wait for ever. */
export interface Due {
  /** On the clock of `performance.now()`, ms. */
  readonly due: number;
  /** Called once, when its time has come and it was not deleted before. */
  expire(): unknown;
}

const SOON = 1_000;

/** Any number of deadlines on one timer. */
export class Deadlines {
  readonly #all = new Set<Due>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = Infinity;
  /** The timer has long to go. */
  #far = false;

  add(item: Due): void {
    this.#all.add(item);
    this.#arm(item.due);
  }

  delete(item: Due): void {
    this.#all.delete(item);
    // A timer that is soon over costs less than stopping it and starting the next.
    if (this.#far && !this.#all.size) this.#stop();
  }

  #arm(due: number): void {
    if (due >= this.#next) return;
    this.#stop();
    this.#next = due;
    const ms = Math.max(0, due - performance.now());
    this.#far = ms > SOON;
    this.#timer = setTimeout(() => this.#sweep(), ms);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#next = Infinity;
    this.#far = false;
  }

  #sweep(): void {
    this.#next = Infinity;
    const now = performance.now();
    for (const item of [...this.#all]) {
      if (item.due > now) this.#arm(item.due);
      else if (this.#all.delete(item)) item.expire();
    }
  }
}
