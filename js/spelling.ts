/** Loaded only for options that this library does not know. */

const reported = new Set<string>();

/** Names on the console, once per page, the options that are not known and the known ones they resemble most. */
export function report(prefix: string, unknown: readonly string[], known: readonly string[]): void {
  for (const name of unknown) {
    if (reported.has(prefix + name)) continue;
    reported.add(prefix + name);
    const [nearest] = [...known].sort((a, b) => distance(name, a) - distance(name, b));
    console.warn(`hybrid-cache: there is no option "${prefix}${name}"; it has no effect. Did you mean "${prefix}${nearest}"?`);
  }
}

/** Levenshtein distance, letter case aside. */
function distance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
