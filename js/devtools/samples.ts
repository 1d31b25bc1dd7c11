/** Latencies: kept in bounds, summed up, sorted into bins. */

/** How many of each kind are kept; older ones make room. */
export const KEPT = 400;
/** What the axis shows, powers of ten of a millisecond: 0.1 ms to 10 s. */
export const DECADES = [-1, 4] as const;
/** Bins on the axis, eight a decade. */
export const BINS = 8 * (DECADES[1] - DECADES[0]);

/** Latencies of one kind, ms, oldest first. */
export class Samples {
  readonly #values: number[] = [];

  add(ms: number): void {
    this.#values.push(ms);
    if (this.#values.length > KEPT) this.#values.shift();
  }

  get count(): number {
    return this.#values.length;
  }

  /** The value that `share` (0 to 1) of the samples do not exceed (nearest rank); `undefined` without samples. */
  quantile(share: number): number | undefined {
    const sorted = [...this.#values].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  }

  /** How many samples are in each bin of the axis. */
  bins(): number[] {
    const counts = new Array<number>(BINS).fill(0);
    for (const ms of this.#values) counts[Math.min(BINS - 1, Math.floor(position(ms) * BINS))]!++;
    return counts;
  }
}

/** Where on the axis a latency is, from 0 to 1; what is beyond an end is at it. */
export function position(ms: number): number {
  const [first, last] = DECADES;
  return Math.min(1, Math.max(0, (Math.log10(Math.max(ms, 1e-9)) - first) / (last - first)));
}
