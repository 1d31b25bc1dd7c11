/** cargo and rustc, recent enough for every crate of the workspace, and the components that lint. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../places.mjs';
import { answer, command } from '../terminal/command.mjs';
import { Stop, explainDownload } from '../terminal/ending.mjs';

/** The highest `rust-version` that a manifest of the workspace asks for, as `[major, minor]`. */
function needed() {
  const manifests = ['Cargo.toml', 'angular-demo/server/Cargo.toml', ...readdirSync(join(root, 'crates')).map((name) => `crates/${name}/Cargo.toml`)];
  return manifests
    .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/^rust-version = "(\d+)\.(\d+)/gm)])
    .map(([, major, minor]) => [Number(major), Number(minor)])
    .sort((a, b) => b[0] - a[0] || b[1] - a[1])[0];
}

/** Checks that Rust is there and recent enough. */
export async function rust() {
  const [cargo, version] = await Promise.all([answer('cargo', ['--version']), answer('rustc', ['--version'])]);
  if (!cargo || !version) {
    throw new Stop('Rust is missing (no working `cargo` and `rustc` on PATH or in ~/.cargo/bin): install it with rustup, see https://rustup.rs, and run the command again.');
  }
  const [major, minor] = version.match(/(\d+)\.(\d+)/).slice(1).map(Number);
  const [wantMajor, wantMinor] = needed();
  if (major < wantMajor || (major === wantMajor && minor < wantMinor)) {
    throw new Stop(`Rust ${wantMajor}.${wantMinor} or newer is needed and this is ${major}.${minor}: run \`rustup update stable\` and run the command again.`);
  }
  return version;
}

/** Adds rustfmt and clippy where rustup installed the minimal profile. */
export async function lints(line) {
  const [format, clippy] = await Promise.all([answer('cargo', ['fmt', '--version']), answer('cargo', ['clippy', '--version'])]);
  if (format && clippy) return `${format.split(' ').slice(0, 2).join(' ')}, ${clippy.split(' ').slice(0, 2).join(' ')}`;
  if (!(await answer('rustup', ['--version']))) {
    throw new Stop('rustfmt or clippy is missing and there is no rustup to add them: install both with your distribution or install Rust through https://rustup.rs, and run the command again.');
  }
  await command('rustup', ['component', 'add', 'rustfmt', 'clippy'], { line }).catch((error) => {
    throw explainDownload('rustfmt and clippy', error);
  });
  return 'added rustfmt and clippy';
}
