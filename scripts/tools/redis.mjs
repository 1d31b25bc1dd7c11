/** A redis-server for tests to start on ports of their own; one that runs already is never touched. */

import { answer, find } from '../terminal/command.mjs';
import { Stop } from '../terminal/ending.mjs';
import { debianPackages } from './debian.mjs';

/** Finds redis-server or installs it, and leaves its path in the environment as REDIS_SERVER. */
export async function redis(line) {
  const program = () => process.env.REDIS_SERVER || find('redis-server');
  const there = program();
  const otherwise = 'install redis-server and name it in the variable REDIS_SERVER.';
  if (!there) await debianPackages('redis-server', ['redis-server'], otherwise, line);
  const version = program() && (await answer(program(), ['--version']))?.match(/v=(\S+)/)?.[1];
  if (!version) throw new Stop(`redis-server (${program() ?? 'not found'}) does not start: ${otherwise}`);
  process.env.REDIS_SERVER = program();
  return `Redis ${version}${there ? '' : ', installed'}`;
}
