/** How a script begins and how it ends. */

import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A reason to end that the reader can act on: one sentence that says what is missing or wrong, and what to do. */
export class Stop extends Error {
  name = 'Stop';
}

/** A program that ended with an error. `output` is all it printed; `log` is the file that holds it too. */
export class CommandFailed extends Error {
  name = 'CommandFailed';

  constructor(line, ending, output, log) {
    super(`\`${line}\` ${ending}`);
    this.output = output;
    this.log = log;
  }

  /** The last lines it printed. */
  tail(lines = 40) {
    return this.output.trimEnd().split('\n').slice(-lines).join('\n');
  }
}

const OFFLINE =
  /could not resolve|couldn't resolve|name resolution|temporary failure resolving|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|dns error|failed to connect|could not connect|network is unreachable|network failure|could not download|tunnel/i;

/**
 * Turns a failed download into a sentence: what was wanted, and that the network is the likely cause. Any other failure
 * is passed on as it is.
 */
export function explainDownload(what, error) {
  if (!(error instanceof CommandFailed)) return error;
  const line = error.output.split('\n').find((text) => OFFLINE.test(text));
  if (line === undefined) return error;
  return new Stop(`${what} could not be downloaded, because there is no network or the server does not answer ("${line.trim().slice(0, 160)}"): connect and run the command again.`);
}

/** Whether a module is the script that was started, rather than imported by it. */
export const isStarted = (url) => realpathSync(process.argv[1]) === fileURLToPath(url);

/** Runs a script to its end: a `Stop` is printed as its sentence, a failed program with the last lines it printed. */
export async function main(script) {
  try {
    process.exitCode = (await script()) ?? 0;
  } catch (error) {
    if (error instanceof Stop) {
      console.error(`\n${error.message}`);
    } else if (error instanceof CommandFailed) {
      console.error(`\n${error.tail()}\n\n${error.message}; everything it printed is in ${error.log}`);
    } else {
      console.error(error);
    }
    process.exitCode = 1;
  }
}
