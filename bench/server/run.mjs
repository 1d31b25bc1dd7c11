/**
 * `npm run bench:server -- [--quick]`: what the layer costs a server, how soon a bump by another process shows, and what a
 * request waits for when Redis fails. Prints tables; without `--quick` it also writes `docs/benchmarks-server.md`. Ends
 * with 1 if a bar was missed.
 */

import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { bootstrap } from '../../scripts/bootstrap.mjs';
import { root } from '../../scripts/places.mjs';
import { command } from '../../scripts/terminal/command.mjs';
import { median, percentile, table } from './numbers.mjs';
import { ask, buildServer, connectRedis, startRedis, startServer } from './processes.mjs';
import { measurePushes, measureStreams } from './push.mjs';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 1 : 7;
const SECONDS = values.quick ? 1 : 2;
const BUMPS = values.quick ? 20 : 500;
const MODES = ['bare', 'memory', 'near', 'strict'];
/** What the handler answers, as the report calls it, by its path. */
const ANSWERS = { '/api/items': 'a list', '/api/item': 'the least' };
/** For a handler as applications have them. */
const BAR = { path: '/api/items', mode: 'near', most: 1.15 };

/** Ways to serve event streams, with the bar for the memory of one, in bytes. */
const SERVED = [
  { how: [], servedBy: '`axum::serve`' },
  { how: ['http1'], servedBy: "hyper's HTTP/1", most: 25_000 },
];

await bootstrap(['rust', 'c-compiler', 'redis', 'wrk']);
const program = await buildServer();
const redis = await startRedis();
const servers = [];
for (const mode of MODES) servers.push(await startServer(program, mode, redis));

const cost = [];
for (const path of Object.keys(ANSWERS)) cost.push(...(await measureCost(path)));
const visibility = await measureVisibility();
const failures = [await measureFailure('frozen'), await measureFailure('killed')];
const streams = [];
for (const { how, servedBy, most } of SERVED) streams.push(await measureServed(how, servedBy, most));
const pushes = await measurePushes(redis, values.quick ? 500 : 20_000);

const report = [
  table(['answer', 'mode', 'CPU µs per request', 'of bare', 'bar', 'requests/s, best'], cost),
  table(['INCR by another process', 'p50 ms', 'p99 ms', 'worst ms', 'bar for p99'], visibility.rows),
  table(['Redis', 'median ms', 'p99 ms', 'worst ms', 'answered 200', 'back after ms'], failures),
  table(['open event streams', 'served by', 'memory of each, bytes', 'bar', 'CPU µs per event delivered'], streams),
  table(['nodes that are told', 'CPU µs of Redis per bump'], pushes),
].join('\n\n');
console.log(`\n${report}`);
const missed = [...cost, ...streams, visibility].some(({ missed }) => missed);
if (values.quick) console.log('\nThis was a quick run: it shows that everything runs; its numbers are not to be quoted.');
else writeFileSync(join(root, 'docs/benchmarks-server.md'), document(report));
process.exit(missed && !values.quick ? 1 : 0);

/** All modes in turn, several times: what the machine does besides falls on all of them. */
async function measureCost(path) {
  const samples = Object.fromEntries(MODES.map((mode) => [mode, []]));
  const load = async (server, seconds) => {
    const before = server.cpu();
    const output = await command('wrk', ['-t1', '-c32', `-d${seconds}s`, '-s', join(root, 'bench/server/users.lua'), `http://127.0.0.1:${server.port}/`, '--', path], { log: 'bench-server' });
    const requests = Number(/(\d+) requests in/.exec(output)[1]);
    if (/Non-2xx/.test(output)) throw new Error(`the server in mode ${server.mode} refused requests`);
    return { each: (server.cpu() - before) / requests, rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]) };
  };
  // All users are known by then.
  for (const server of servers) await load(server, values.quick ? 1 : 4);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const server of servers) samples[server.mode].push(await load(server, SECONDS));
  }
  return MODES.map((mode) => {
    const ratios = samples[mode].map(({ each }, round) => each / samples.bare[round].each);
    const ratio = median(ratios);
    const bar = mode === BAR.mode && path === BAR.path ? BAR.most : undefined;
    const row = [ANSWERS[path], mode, median(samples[mode].map(({ each }) => each)).toFixed(1), ratio.toFixed(2), bar ?? '', Math.round(Math.max(...samples[mode].map(({ rate }) => rate)))];
    return Object.assign(row, { missed: bar !== undefined && ratio > bar });
  });
}

/** From the answer to a plain INCR until a response carries the number. */
async function measureVisibility() {
  const near = servers.find(({ mode }) => mode === 'near');
  const other = await connectRedis(redis.port);
  const waits = [];
  await ask(near);
  for (let bump = 0; bump < BUMPS; bump += 1) {
    const version = (await other.ask('INCR cache_user_version:1')).slice(1);
    const begin = performance.now();
    while ((await ask(near)).version !== version);
    waits.push(performance.now() - begin);
  }
  other.close();
  const p99 = percentile(waits, 0.99);
  return { rows: [[`${BUMPS} times`, percentile(waits, 0.5).toFixed(2), p99.toFixed(2), Math.max(...waits).toFixed(2), 20]], missed: p99 > 20 };
}

/** 400 requests, one after the other, while Redis does not answer; then until a version is stamped again. */
async function measureFailure(how) {
  const own = await startRedis();
  const server = await startServer(program, 'near', own);
  while (!(await ask(server)).version);
  own.kill(how === 'frozen' ? 'SIGSTOP' : 'SIGKILL');
  const waits = [];
  let fine = 0;
  for (let request = 0; request < 400; request += 1) {
    const begin = performance.now();
    // A user who is not remembered.
    fine += (await ask(server, 1000 + request)).status === 200;
    waits.push(performance.now() - begin);
  }
  if (how === 'frozen') own.kill('SIGCONT');
  else await startRedis(own.port);
  const begin = performance.now();
  while (!(await ask(server)).version);
  const back = performance.now() - begin;
  server.kill();
  own.kill('SIGKILL');
  return [how, percentile(waits, 0.5).toFixed(2), percentile(waits, 0.99).toFixed(1), Math.max(...waits).toFixed(1), `${fine} of ${waits.length}`, back.toFixed(0)];
}

async function measureServed(how, servedBy, most) {
  const { count, each, perEvent } = await measureStreams(await startServer(program, 'near', redis, ...how), redis, values.quick ? 100 : 2_000);
  return Object.assign([count, servedBy, each, most ?? '', perEvent], { missed: most !== undefined && each > most });
}

function document(report) {
  return `# What the server's half costs

Written by \`npm run bench:server\` on ${new Date().toISOString().slice(0, 10)}: ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), load ${loadavg().map((load) => load.toFixed(1)).join(' ')}. Load generator, server and Redis
share the machine, so that ratios say more than times.

- *CPU per request*: 10 000 users at random, wrk with 32 connections; the server's processor time divided by the requests,
  all modes in turn, ${ROUNDS} rounds of ${SECONDS} s, medians, of the ratio as well. \`bare\` has no layer, \`memory\` keeps versions in the
  process, \`near\` is Redis with what it tells of changes (the default), \`strict\` asks Redis for every response. The
  answer is \`a list\`: 25 records as the demo's list has them, made into JSON for every request out of memory, where an
  application would ask a database; or \`the least\` a handler can do, four constant fields, where the layer is compared
  with little but axum and hyper. The bar is for the list.
- *Visibility*: from the answer to another connection's \`INCR\` until a response carries the new version, asking one
  request after the other.
- *Failure*: requests of users who are not remembered, one after the other, while Redis is stopped (SIGSTOP) or killed; and
  how long after it is there again the first version is stamped.
- *Event streams*: ten to a user, on one server of as many threads as there are cores; then a bump of every user in turn, five
  times. \`axum::serve\` looks for HTTP/2 first, so that a request's head comes in two pieces and hyper takes 16 kB to read
  it; hyper's HTTP/1 alone takes 8 kB. The bar is for the latter, as [scaling.md](scaling.md) advises it for many streams.
- *Telling nodes*: processor time of Redis for one \`INCR\` at a time, by how many connections track the keys.

${report}
`;
}
