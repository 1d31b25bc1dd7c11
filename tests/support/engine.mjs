/** Which browser the tests run in, and what it cannot do for them. */

/** `chromium`, `firefox` or `webkit`: the environment's `HYBRID_CACHE_BROWSER`. */
export const ENGINE = process.env.HYBRID_CACHE_BROWSER || 'chromium';

/** What only the DevTools protocol can do from outside, in words for the report. */
const ONLY_IN_CHROMIUM = {
  quota: "cannot set one origin's quota from outside",
  'site data': "cannot clear one origin's data from outside",
};

/**
 * Options of a test that asks something special of the browser. Where the engine lacks it, the test is left out under
 * that reason, in the runner's list and in its sum.
 */
export function needs(what) {
  if (!ONLY_IN_CHROMIUM[what]) throw new Error(`no engine is known to lack "${what}"`);
  return ENGINE === 'chromium' ? {} : { skip: `${ENGINE} ${ONLY_IN_CHROMIUM[what]}` };
}
