/** The `.wasm` file as text; the build writes the module, see `scripts/build/wasm-text.mjs`. */
declare const text: string;
export default text;
