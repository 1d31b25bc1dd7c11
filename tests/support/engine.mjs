/** Which browser the tests run in, and what it cannot do for them. */

/** `chromium`, `firefox` or `webkit`: the environment's `HYBRID_CACHE_BROWSER`. */
export const ENGINE = process.env.HYBRID_CACHE_BROWSER || 'chromium';

const QUOTA = "cannot set one origin's quota from outside";
const SITE_DATA = "cannot clear one origin's data from outside";

/** What the engines cannot do for a test, in words for the report. Chromium can all of it. */
const LACKS = {
  chromium: {},
  firefox: { quota: QUOTA, 'site data': SITE_DATA },
  webkit: {
    quota: QUOTA,
    'site data': SITE_DATA,
    blobs: 'keeps no Blob in the database of a private window',
    disk: 'writes nothing of a private window to the disk',
  },
};

/**
 * Options of a test that asks something special of the browser. Where the engine lacks it, the test is left out under
 * that reason, in the runner's list and in its sum.
 */
export function needs(what) {
  if (!LACKS.webkit[what]) throw new Error(`no engine is known to lack "${what}"`);
  const reason = LACKS[ENGINE][what];
  return reason ? { skip: `${ENGINE} ${reason}` } : {};
}
