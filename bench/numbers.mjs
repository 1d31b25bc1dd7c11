/** Medians and the like. Arrays need not be sorted and stay as they are. */

/** The value below which the share `q` of all lies. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Three significant digits. */
export function round(value) {
  return value === undefined ? undefined : Number(value.toPrecision(3));
}
