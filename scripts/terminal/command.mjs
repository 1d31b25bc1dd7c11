/** Runs other programs. Their output goes to a log file, line by line to whoever shows progress, and back to the caller. */

import { spawn } from 'node:child_process';
import { accessSync, constants, createWriteStream, mkdirSync, statSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';

import { cargoHome, logs, root } from '../places.mjs';
import { CommandFailed } from './ending.mjs';

// rustup's folder is on the PATH of a login shell only; a fresh machine and CI may lack it.
const cargoBin = join(cargoHome, 'bin');
if (!(process.env.PATH ?? '').split(delimiter).includes(cargoBin)) {
  process.env.PATH = [process.env.PATH, cargoBin].filter(Boolean).join(delimiter);
}

const running = new Set();

/** Ends a program and everything it started. */
function end(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

process.once('exit', () => running.forEach((child) => end(child, 'SIGTERM')));
for (const [signal, number] of [['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]]) {
  process.once(signal, () => process.exit(128 + number));
}

/** The path of a program on PATH, or `undefined`. */
export function find(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
}

/**
 * Runs a program in the repository and resolves with all it printed; rejects with `CommandFailed` if it ends with an
 * error or runs longer than `seconds`.
 *
 * - `log`: name of the file in `.cache/logs/` that receives the output; appended to with `append`.
 * - `line`: called with each printed line.
 * - `terminal`: the program may ask questions on the terminal (sudo's password); its output is then not collected.
 */
export function command(program, args, { cwd = root, env = {}, log = 'commands', append = true, line, seconds, terminal = false } = {}) {
  mkdirSync(logs, { recursive: true });
  const file = join(logs, `${log}.log`);
  const shown = [program, ...args].map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part}'`)).join(' ');
  const sink = createWriteStream(file, { flags: append ? 'a' : 'w' });
  sink.write(`$ ${shown}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: terminal ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a program can be ended together with what it started.
      detached: !terminal,
    });
    running.add(child);
    let output = '';
    let rest = '';
    let ending;
    let deadline;
    let grace;
    const take = (chunk) => {
      output += chunk;
      sink.write(chunk);
      const lines = (rest + chunk).split(/[\r\n]/);
      rest = lines.pop();
      lines.filter((text) => text.trim()).forEach((text) => line?.(text));
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', take);
    if (seconds) {
      deadline = setTimeout(() => {
        ending = `did not end within ${seconds} s and was stopped`;
        end(child, 'SIGTERM');
        grace = setTimeout(() => end(child, 'SIGKILL'), 5_000);
      }, seconds * 1000);
    }
    const finish = (why) => {
      // A program that cannot be started reports that and then closes.
      if (!running.delete(child)) return;
      clearTimeout(deadline);
      clearTimeout(grace);
      sink.end('\n');
      if (why) reject(new CommandFailed(shown, why, output, relative(root, file)));
      else resolve(output);
    };
    child.once('error', (error) => finish(`could not be started (${error.code ?? error.message})`));
    child.once('close', (code, signal) => finish(ending ?? (code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`)));
  });
}

/** What a program prints, trimmed, or `undefined` if it is absent or fails. For questions such as `--version`. */
export async function answer(program, args) {
  if (!program.includes('/') && !find(program)) return undefined;
  return command(program, args, { log: 'questions' }).then((text) => text.trim(), () => undefined);
}

/**
 * A program that stays, and ends with this one. Its words go to `says`, which may be replaced: progress first, the
 * terminal later.
 */
export function service(program, args, { env, says }) {
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.add(child);
  child.once('close', () => running.delete(child));
  const self = { child, says };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => self.says(text));
  return self;
}
