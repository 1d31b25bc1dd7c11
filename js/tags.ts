/** Tags that the page gives a request, in the words of RFC 9875. */

import type { HeaderSource } from './boundary.js';

/** What takes part: the fields that name a response's groups, and the groups a write has changed. */
const FIELDS = /^cache-groups$|^cache-group-invalidation$/i;

/** A response's headers, as if its server had named these groups too. */
export function tagged(headers: HeaderSource, tags: readonly string[]): HeaderSource {
  const list = tags.map((tag) => `"${tag.replace(/["\\]/g, '\\$&')}"`).join(', ');
  return {
    get(name) {
      const said = headers.get(name);
      return FIELDS.test(name) ? (said ? `${said}, ${list}` : list) : said;
    },
  };
}
