/** The openssl command, with which the tests make a certificate authority of their own. */

import { answer, find } from '../terminal/command.mjs';
import { Stop } from '../terminal/ending.mjs';
import { debianPackages } from './debian.mjs';

/** Finds openssl or installs it. */
export async function openssl(line) {
  const there = find('openssl');
  const otherwise = 'install openssl.';
  if (!there) await debianPackages('openssl', ['openssl'], otherwise, line);
  const version = find('openssl') && (await answer('openssl', ['version']))?.match(/OpenSSL (\S+)/)?.[1];
  if (!version) throw new Stop(`openssl does not start: ${otherwise}`);
  return `OpenSSL ${version}${there ? '' : ', installed'}`;
}
