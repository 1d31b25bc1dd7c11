const warned = new Set<string>();

/** Says something on the console, once per page and cause. */
export function warn(cause: string, text: string): void {
  if (warned.has(cause)) return;
  warned.add(cause);
  console.warn(`hybrid-cache: ${text}`);
}
