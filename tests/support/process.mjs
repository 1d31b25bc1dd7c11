/** Servers that a test starts and ends. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { within } from './deadline.mjs';

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * Starts a program and resolves once its output matches `ready`: `{ pid, found, output(), stop(), signal(name) }`, where
 * `found` is the match. Without `ready`, for a program that says nothing, once it runs. An error with its output if it
 * ends before, or takes longer than `limit` ms.
 */
export async function serve(program, parameters, { env, cwd, ready, limit = 60_000 }) {
  const child = spawn(program, parameters, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = once(child, 'close');
  const started = new Promise((resolve, reject) => {
    const hear = (text) => {
      output += text;
      const found = ready?.exec(output);
      if (found) resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
    if (!ready) child.on('spawn', resolve);
    child.on('error', reject);
    child.on('close', (code, signal) => reject(new Error(`${program} ended with ${signal ?? code}:\n${output}`)));
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    await within(ended, `the end of ${program}`).catch(() => child.kill('SIGKILL'));
  };
  try {
    const found = await within(started, `${program} being ready; it said:\n${output}`, limit);
    return { pid: child.pid, found, output: () => output, stop, signal: (name) => child.kill(name) };
  } catch (error) {
    await stop();
    throw error;
  }
}
