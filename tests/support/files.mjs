/** Files for browsers. */

import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
};

/** `{ headers, body }` of the file at `pathname` under the first prefix of `folders` that fits, or `undefined`. */
export async function fileFrom(folders, pathname) {
  if (pathname === '/favicon.ico') return { headers: { 'Content-Type': TYPES['.ico'] }, body: '' };
  const found = folders.find(([prefix]) => pathname.startsWith(prefix));
  if (!found) return undefined;
  const inside = normalize(decodeURIComponent(pathname.slice(found[0].length)) || 'index.html');
  if (inside.startsWith('..')) return undefined;
  try {
    const body = await readFile(join(found[1], inside));
    return { headers: { 'Content-Type': TYPES[extname(inside)] ?? 'application/octet-stream', 'Cache-Control': 'no-store' }, body };
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(error.code)) return undefined;
    throw error;
  }
}
