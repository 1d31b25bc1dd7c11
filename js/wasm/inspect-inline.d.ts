/** Base64 of the gzipped `.wasm` file; the build writes the module. */
declare const text: string;
export default text;
