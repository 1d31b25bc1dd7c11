/** What the developer is told once the engine is there; see `Client.warn`. Loaded when there is something to tell. */

const TEXTS: Readonly<Record<string, (detail: string) => string>> = {
  'memory-only': (reason) => `IndexedDB cannot be used, so for now responses are kept in memory, for this page only (${reason}).`,
  panic: (message) => `the cache broke down and was started again (${message}).`,
  quota: () => "the browser's storage is full; the least used entries are removed.",
  replayed: () =>
    'an HTTP cache answered with an older X-Cache-Version: the server must send `Cache-Control: private, no-store` with it.',
  rule: (failure) => `a change cannot be written, and nothing is served until it is (${failure}).`,
  storage: (failure) => `a response cannot be stored (${failure}).`,
  suspended: () =>
    'the server says its responses are for another user than the one named; nothing is cached until the user is named again.',
  vary: () => 'a response varies by a request header that is not among keyHeaders; it is not stored.',
  version: () => 'a response carries an X-Cache-Version that is no version; it is not stored.',
};

/** The sentence for a cause, with what is known besides. */
export function sentence(cause: string, detail: string): string {
  return TEXTS[cause]?.(detail) ?? `${cause} ${detail}`;
}
