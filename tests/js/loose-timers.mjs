/** A page's long timers end with the page, so here they keep nothing alive. To be imported before what keeps `setTimeout`. */

const { setTimeout } = globalThis;
const LONG = 10_000;

globalThis.setTimeout = (call, ms, ...given) => {
  const timer = setTimeout(call, ms, ...given);
  return ms >= LONG ? timer.unref() : timer;
};
