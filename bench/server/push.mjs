/** What it costs to tell of a bump: the server its browsers, and Redis its servers. */

import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';

import { connectRedis } from './processes.mjs';

const STREAMS_OF_A_USER = 10;
const BUMPS = 5;

/** Opens event streams and bumps their users. */
export async function measureStreams(server, redis, count) {
  const open = (user) =>
    new Promise((resolve, reject) => {
      const stream = { events: 0, heard: undefined };
      const socket = createConnection({ port: server.port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.write(`GET /api/cache/events/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer s${user}\r\n\r\n`);
      socket.on('data', (chunk) => {
        const events = chunk.toString('latin1').split('event: version').length - 1;
        stream.events += events;
        if (events) {
          resolve(stream);
          stream.heard?.();
        }
      });
      stream.close = () => socket.destroy();
    });
  (await open(0)).close();
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) * 1024;
  const before = memory();
  const streams = [];
  for (let number = 0; number < count; number += 1) streams.push(await open(Math.floor(number / STREAMS_OF_A_USER)));
  const each = (memory() - before) / count;

  const other = await connectRedis(redis.port);
  const cpu = server.cpu();
  for (let bump = 0; bump < BUMPS; bump += 1) {
    for (let user = 0; user * STREAMS_OF_A_USER < count; user += 1) {
      const all = streams.slice(user * STREAMS_OF_A_USER, (user + 1) * STREAMS_OF_A_USER);
      const told = all.map((stream) => new Promise((heard) => (stream.heard = heard)));
      await other.ask(`INCR cache_user_version:s${user}`);
      await Promise.all(told);
    }
  }
  const perEvent = (server.cpu() - cpu) / (count * BUMPS);
  other.close();
  streams.forEach((stream) => stream.close());
  server.kill();
  return { count, each: Math.round(each), perEvent: perEvent.toFixed(1) };
}

/** One INCR at a time, with connections that track the keys as a server's does. */
export async function measurePushes(redis, bumps) {
  const other = await connectRedis(redis.port);
  const cpu = async () => {
    const info = await other.askAll('INFO cpu');
    return ['used_cpu_sys', 'used_cpu_user'].reduce((sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(info)[1]) * 1e6, 0);
  };
  const rows = [];
  const nodes = [];
  for (const count of [0, 1, 20]) {
    while (nodes.length < count) {
      const node = await connectRedis(redis.port);
      await node.ask('HELLO 3');
      await node.ask('CLIENT TRACKING ON BCAST PREFIX cache_user_version:');
      nodes.push(node);
    }
    const before = await cpu();
    for (let bump = 0; bump < bumps; bump += 1) await other.ask(`INCR cache_user_version:p${bump % 1000}`);
    rows.push([count, (((await cpu()) - before) / bumps).toFixed(1)]);
  }
  nodes.forEach((node) => node.close());
  other.close();
  return rows;
}
