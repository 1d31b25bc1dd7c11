/**
 * What the pages ask for: `/api/{kilobytes}/{number}`, JSON of about that size, stamped with the version. Below `/far/`
 * the same from 50 ms away; below `/cached/` the same for the browser's own cache.
 */

import { makeBody } from './pages/body.js';

const bodies = new Map();
const AWAY = { api: 0, far: 50, cached: 0 };

/** `{ headers, body, ms }`, or `undefined`: it is none of these. */
export function answerApi(api, pathname) {
  const [, kind, kilobytes, number] = pathname.split('/');
  if (!(kind in AWAY)) return undefined;
  const name = `${kilobytes} ${Number(number) % 50}`;
  if (!bodies.has(name)) bodies.set(name, makeBody(Number(kilobytes), Number(number) % 50));
  return {
    headers: {
      'Content-Type': 'application/json',
      'Cache-Control': kind === 'cached' ? 'private, max-age=86400' : 'private, no-store',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Cache-Version': String(api.version),
      'Hybrid-Cache-Control': 'max-age=86400',
    },
    body: bodies.get(name),
    ms: AWAY[kind],
  };
}
