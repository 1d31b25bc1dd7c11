/** Failure limits. Nothing here orders events: a limit only says how long a thing that must happen may take. */

/** Long enough for anything that happens at all on a busy machine, ms. */
export const LIMIT = 10_000;

/** The outcome of `promise`, or an error naming `what` once `limit` ms are over. */
export function within(promise, what, limit = LIMIT) {
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limit} ms: ${what}`)), limit);
  });
  return Promise.race([promise, over]).finally(() => clearTimeout(timer));
}

/**
 * Asks again until `read` answers something true, and answers that. `read` may return a promise. After `limit` ms:
 * an error with `what` and the last answer.
 */
export async function until(what, read, limit = LIMIT) {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await within(Promise.resolve(read()), what, limit);
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}; the last answer was ${JSON.stringify(answer)}`);
    await new Promise((go) => setTimeout(go, 10));
  }
}
