/** Django and what belongs to it, in a virtual environment of this repository, from the newest Python there is. */

import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { cache, root } from '../places.mjs';
import { alone } from '../terminal/alone.mjs';
import { answer, command } from '../terminal/command.mjs';
import { CommandFailed, Stop, explainDownload } from '../terminal/ending.mjs';
import { fingerprint } from '../unchanged.mjs';
import { debianPackages } from './debian.mjs';

const environment = join(cache, 'django');

/** The Python of the virtual environment, for suites and the demo. */
export const djangoPython = join(environment, 'bin/python');

/** What pins the versions. */
const requirements = join(root, 'python/requirements.txt');

/** The oldest Python that the pinned packages run on. */
const OLDEST = 11;

/** Pythons by pyenv, whose own commands on PATH refuse all but one version. */
function pyenvs() {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  return existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, 'bin/python3')).filter(existsSync) : [];
}

/** `{ program, minor }` of the newest Python 3 at hand, or `undefined`; `PYTHON` names another. */
async function newestPython() {
  const named = process.env.PYTHON;
  const programs = named ? [named] : ['python3', 'python3.11', 'python3.12', 'python3.13', 'python3.14', ...pyenvs()];
  let newest;
  for (const program of programs) {
    const minor = Number((await answer(program, ['--version']))?.match(/^Python 3\.(\d+)\./)?.[1] ?? NaN);
    // Newer ones than the pinned packages were tried with may lack what they need.
    if (minor <= 14 && !(newest?.minor >= minor)) newest = { program, minor };
  }
  return newest;
}

/** Makes the virtual environment and installs the pinned packages, unless that has been done. */
export const django = alone(async (line) => {
  const python = await newestPython();
  if (!(python?.minor >= OLDEST)) {
    throw new Stop(`Python 3.${OLDEST} or newer is needed for Django, and ${python ? `the newest here is 3.${python.minor}` : 'there is none'}: install one (on Debian the package python3-venv brings it), or name it in the variable PYTHON, and run the command again.`);
  }
  const mark = join(environment, '.installed-from');
  const wanted = fingerprint([requirements], python);
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
    await makeEnvironment(python.program, line);
    line('installing the packages of python/requirements.txt');
    const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-deps', '--progress-bar', 'off', '--requirement', requirements];
    await command(djangoPython, install, { line, log: 'pip' }).catch((error) => {
      throw explainDownload('Django and its packages', error);
    });
    writeFileSync(mark, wanted);
  }
  return `Django ${await answer(djangoPython, ['-m', 'django', '--version'])} on Python 3.${python.minor}`;
});

async function makeEnvironment(program, line) {
  const make = () => {
    rmSync(environment, { recursive: true, force: true });
    return command(program, ['-m', 'venv', environment], { line, log: 'pip' });
  };
  try {
    await make();
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    // Debian keeps pip apart from Python.
    if (!/ensurepip|No module named venv/.test(error.output)) throw error;
    await debianPackages('pip (`python3 -m venv`)', ['python3-venv'], 'install the venv module and pip of your Python.', line);
    await make();
  }
}
