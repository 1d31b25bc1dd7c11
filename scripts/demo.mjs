/**
 * `npm run demo`: from a fresh clone to the running demo. Says each step and how long it took; a second run does only
 * what has changed.
 *
 * PORT (default 4780) is where it listens, on 127.0.0.1. REDIS_URL moves the versions into Redis; without it they live
 * in the server's memory. Ctrl-C ends it.
 *
 * `npm run demo -- --server django` serves the same application on the API in Django, examples/django.
 */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { FOR_BUILD, bootstrap } from './bootstrap.mjs';
import { build } from './build.mjs';
import { buildDemoApp, buildDemoServer, installDemoPackages } from './build/demo.mjs';
import { packTarball } from './build/tarball.mjs';
import { cache, cargoTarget, demoSite, root } from './places.mjs';
import { service } from './terminal/command.mjs';
import { duration, step } from './terminal/step.mjs';
import { Stop, main } from './terminal/ending.mjs';
import { djangoPython } from './tools/django.mjs';

/** The servers there are: what each needs, how it is built to a command, and where it keeps its invoices. */
const SERVERS = {
  rust: {
    title: 'Rust server',
    tools: [],
    build: async (line) => [await buildDemoServer(line)],
    database: join(cargoTarget, 'demo', 'invoices.sqlite3'),
  },
  django: {
    title: 'Django server',
    tools: ['django'],
    build: () => [djangoPython, join(root, 'examples/django/manage.py'), 'serve'],
    database: join(cache, 'demo-django.sqlite3'),
  },
};

/** The server that was asked for. */
function chosenServer([option, name = '', ...rest]) {
  if (option === undefined) return SERVERS.rust;
  if (option === '--server' && Object.hasOwn(SERVERS, name) && !rest.length) return SERVERS[name];
  throw new Stop(`npm run demo takes \`-- --server\` and one of: ${Object.keys(SERVERS).join(', ')}.`);
}

/** The port to listen on, checked to be a number and free before anything is built. */
async function freePort() {
  const port = Number(process.env.PORT || 4780);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Stop(`PORT is "${process.env.PORT}" and must be a number from 1 to 65535: for example \`PORT=4781 npm run demo\`.`);
  }
  const probe = createServer();
  const failed = once(probe, 'error');
  probe.listen(port, '127.0.0.1');
  const [error] = await Promise.race([failed, once(probe, 'listening')]);
  if (error?.code === 'EADDRINUSE') {
    throw new Stop(`Port ${port} is in use: end what listens there (perhaps this demo in another terminal), or choose another with \`PORT=${port === 65_535 ? port - 1 : port + 1} npm run demo\`.`);
  }
  if (error) throw new Stop(`Port ${port} cannot be listened on (${error.code}): choose another with \`PORT=4781 npm run demo\`.`);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/**
 * Starts the server and resolves when it answers; it fills its database first when it has none. What it says until then
 * is progress, and shown on the terminal when that is over.
 */
async function start([program, ...parameters], database, port, line) {
  let said = '';
  const server = service(program, parameters, {
    env: {
      PORT: String(port),
      DEMO_APP_DIR: demoSite,
      DEMO_DATABASE: process.env.DEMO_DATABASE || database,
    },
    says(text) {
      said += text;
      line(said.trimEnd().split('\n').at(-1));
    },
  });
  let gone = false;
  const ended = once(server.child, 'close').then(([code, signal]) => {
    gone = true;
    throw new Stop(`${said && `${said}\n`}The demo server ended by itself (${signal ?? `exit code ${code}`}).`);
  });
  const answers = async () => {
    while (!gone && !(await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))) await pause(100);
  };
  await Promise.race([answers(), ended]);
  const show = () => {
    server.says = (text) => process.stdout.write(text);
    server.says(said);
    said = '';
  };
  return { show, ended };
}

await main(async () => {
  const began = performance.now();
  const { title, tools, build: buildServer, database } = chosenServer(process.argv.slice(2));
  const port = await freePort();
  await bootstrap([...FOR_BUILD, ...tools]);
  await build(['wasm', 'js']);
  await step('npm package', packTarball);
  await step('npm packages of the Angular application', installDemoPackages);
  await step('Angular application', buildDemoApp);
  let command;
  await step(title, async (line) => {
    command = await buildServer(line);
  });
  let running;
  await step('Starting the server', async (line) => {
    running = await start(command, database, port, line);
  });
  running.show();
  console.log(`\nhybrid-cache demo: http://127.0.0.1:${port}  (ready after ${duration(performance.now() - began)}; Ctrl-C ends it)\n`);
  await running.ended;
});
