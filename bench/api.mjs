/** What the pages ask for: `/api/{kilobytes}/{number}`, JSON of about that size, stamped with the version. */

import { makeBody } from './pages/body.js';

const bodies = new Map();

export function answerApi(api, pathname) {
  const [, , kilobytes, number] = pathname.split('/');
  const name = `${kilobytes} ${Number(number) % 50}`;
  if (!bodies.has(name)) bodies.set(name, makeBody(Number(kilobytes), Number(number) % 50));
  return {
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': 'private, no-store',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Cache-Version': String(api.version),
      'Hybrid-Cache-Control': 'max-age=86400',
    },
    body: bodies.get(name),
  };
}
