/**
 * What a sealed body is: an initialisation vector of 12 bytes, then AES-GCM's ciphertext with its tag of 16 bytes. In it
 * are a letter (`t`: the body is text, `b`: bytes), the status text, a line feed, the header lines, a zero byte, the body;
 * text is UTF-8. Nothing of it decides anything about coherence.
 */

/** What is sealed of a response. */
export interface Content {
  readonly body: string | ArrayBuffer;
  readonly statusText: string;
  readonly headers: string;
}

const IV_BYTES = 12;

const encoder = new TextEncoder();
// A byte order mark is part of the text, and what is no UTF-8 was not written here.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The key for what is kept of one user (HKDF, RFC 5869); it cannot be read out again. */
export async function deriveKey(secret: string, user: string): Promise<CryptoKey> {
  const { subtle } = crypto;
  const base = await subtle.importKey('raw', encoder.encode(secret), 'HKDF', false, ['deriveKey']);
  const info = encoder.encode(`hybrid-cache at rest 1 ${user}`);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  return subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Is it the same after it was UTF-8? Text with half a surrogate pair is not. */
export function isSealable(body: string | ArrayBuffer): boolean {
  return typeof body !== 'string' || !/\p{Surrogate}/u.test(body);
}

/** Seals content for `place`: only there will it open. */
export async function seal(key: CryptoKey, place: string, { body, statusText, headers }: Content): Promise<ArrayBuffer> {
  const text = typeof body === 'string';
  const head = `${text ? 't' : 'b'}${statusText}\n${headers}\0`;
  const bytes = encoder.encode(text ? head + body : head);
  const plain = text ? bytes : join(bytes, body);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  return join(iv, await crypto.subtle.encrypt(parameters(iv, place), key, plain)).buffer;
}

/** @throws if it was sealed with another key or for another place, or changed since. */
export async function open(key: CryptoKey, place: string, sealed: ArrayBuffer): Promise<Content> {
  const iv = new Uint8Array(sealed, 0, IV_BYTES);
  const plain = new Uint8Array(await crypto.subtle.decrypt(parameters(iv, place), key, new Uint8Array(sealed, IV_BYTES)));
  const end = plain.indexOf(0);
  const head = decoder.decode(plain.subarray(0, end));
  const line = head.indexOf('\n');
  const body = plain.subarray(end + 1);
  return {
    body: head[0] === 't' ? decoder.decode(body) : body.slice().buffer,
    statusText: head.slice(1, line),
    headers: head.slice(line + 1),
  };
}

/** Were these sealed in one and the same act? No two share a vector. */
export function isSame(one: ArrayBuffer, other: unknown): boolean {
  if (!(other instanceof ArrayBuffer) || one.byteLength !== other.byteLength) return false;
  const [a, b] = [new Uint8Array(one, 0, IV_BYTES), new Uint8Array(other, 0, IV_BYTES)];
  return a.every((byte, at) => byte === b[at]);
}

function parameters(iv: Uint8Array<ArrayBuffer>, place: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: encoder.encode(place) };
}

function join(first: Uint8Array, second: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.byteLength);
  both.set(first);
  both.set(new Uint8Array(second), first.length);
  return both;
}
