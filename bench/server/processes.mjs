/** The processes that are measured: the example server of the tower crate, and a Redis of its own. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';

import { command } from '../../scripts/terminal/command.mjs';

const started = [];
process.once('exit', () => started.forEach((child) => child.kill('SIGKILL')));

/** Linux counts processor time in hundredths of a second. */
const TICK = 10_000;

function start(program, args, options) {
  const child = spawn(program, args, options);
  started.push(child);
  child.once('error', (error) => {
    throw error;
  });
  return child;
}

/** Starts a Redis on a spare port; resolves when it answers. */
export async function startRedis(port) {
  const redisPort = port ?? (await sparePort());
  const child = start(process.env.REDIS_SERVER ?? 'redis-server', ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  for (;;) {
    try {
      const connection = await connectRedis(redisPort);
      connection.close();
      return { port: redisPort, url: `redis://127.0.0.1:${redisPort}/1`, kill: (signal) => child.kill(signal) };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/**
 * A plain connection in database 1. `ask` sends one command and resolves with the first line that comes, `askAll` with all
 * that comes at once.
 */
export function connectRedis(port) {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    let waiting;
    socket.once('error', reject);
    // Nothing else is asked meanwhile, and what comes unasked is for nobody.
    socket.on('data', (chunk) => {
      waiting?.(chunk.toString('latin1'));
      waiting = undefined;
    });
    const askAll = (text) => new Promise((answered) => {
      waiting = answered;
      socket.write(`${text}\r\n`);
    });
    const ask = async (text) => (await askAll(text)).split('\r\n')[0];
    socket.once('connect', async () => {
      await ask('SELECT 1');
      resolve({ ask, askAll, close: () => socket.destroy() });
    });
  });
}

/** Builds the example server and returns its path. */
export async function buildServer() {
  await command('cargo', ['build', '--release', '--package', 'hybrid-cache-tower', '--example', 'loopback'], { log: 'bench-server' });
  const { target_directory: target } = JSON.parse(await command('cargo', ['metadata', '--format-version=1', '--no-deps'], { log: 'bench-server' }));
  return `${target}/release/examples/loopback`;
}

/** Starts it in a mode, perhaps served in another way; resolves with its port and a way to read the processor time it has used, in microseconds. */
export async function startServer(program, mode, redis, ...how) {
  const child = start(program, [mode, ...how], { env: { ...process.env, REDIS_URL: redis.url }, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve)));
  const cpu = () => {
    const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK;
  };
  return { mode, port, pid: child.pid, cpu, kill: () => child.kill() };
}

/** One request of a user, over the one connection that is kept to the server. */
export function ask(server, user = 1) {
  server.agent ??= new Agent({ keepAlive: true, maxSockets: 1 });
  return new Promise((resolve, reject) => {
    get({ port: server.port, host: '127.0.0.1', path: '/api/item', agent: server.agent, headers: { authorization: `Bearer ${user}` } }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode, version: response.headers['x-cache-version'] }));
    }).once('error', reject);
  });
}

function sparePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
