/** Programs that a test runs. */

import { spawn } from 'node:child_process';

/** Runs one to its end and answers what it printed; an error with all of it if it fails or takes longer than `limit` ms. */
export function run(program, parameters, { cwd, env, limit = 300_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd,
      env: { ...process.env, NG_CLI_ANALYTICS: 'false', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limit,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${program} ${parameters.join(' ')} ended with ${signal ?? code}:\n${output}`));
    });
  });
}
