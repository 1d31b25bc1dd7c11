/**
 * A module's bytes as a text that survives every bundler and that a transport's own compression still makes small.
 *
 * Base64 hides from brotli that bytes recur; it would have to be packed before, by gzip, which the browser unpacks again.
 * Here a byte is a digit, the same one everywhere, so that what recurs in the module recurs in the text: little more than
 * the module itself under brotli, and no more than before under gzip.
 *
 * The digits are the 91 characters from `#` to `~` but for the backslash: nothing that a minifier has to escape. The
 * most frequent bytes are one digit each, all others two, the first of which is one of the last two digits. Which bytes
 * are frequent is said first, in hexadecimal digits of four bytes each. `js/compile.ts` reads it.
 */

const DIGITS = Array.from({ length: 92 }, (_, at) => String.fromCharCode(35 + at)).filter((digit) => digit !== '\\');
const SINGLE = DIGITS.length - 2;

/** The source of a JavaScript module whose default export is the text. */
export function textModule(bytes) {
  return `export default "${toText(bytes)}";\n`;
}

/** The text; a pure function of the bytes. */
export function toText(bytes) {
  const count = new Uint32Array(256);
  for (const byte of bytes) count[byte] += 1;
  const all = [...count.keys()];
  const frequent = new Set(all.toSorted((a, b) => count[b] - count[a] || a - b).slice(0, SINGLE));
  const spelling = [];
  let [singles, doubles] = [0, 0];
  for (const byte of all) {
    if (frequent.has(byte)) spelling[byte] = DIGITS[singles++];
    else {
      spelling[byte] = DIGITS[SINGLE + Math.floor(doubles / DIGITS.length)] + DIGITS[doubles % DIGITS.length];
      doubles += 1;
    }
  }
  const mask = Array.from({ length: 64 }, (_, at) => [0, 1, 2, 3].reduce((sum, bit) => sum + (frequent.has(4 * at + bit) ? 2 ** bit : 0), 0).toString(16));
  return mask.join('') + Array.from(bytes, (byte) => spelling[byte]).join('');
}
