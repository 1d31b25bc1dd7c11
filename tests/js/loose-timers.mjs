/** A page's timers end with the page, so here they keep nothing alive. To be imported before anything that keeps `setTimeout`. */

const { setTimeout } = globalThis;

globalThis.setTimeout = (...given) => setTimeout(...given).unref();
