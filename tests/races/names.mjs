/** Who plays: this package, and the caches a user would pick instead. */

/** This package, on the test page of the faults. */
export const OURS = { name: 'hybrid-cache', path: '/page.html' };

const peer = (name, file) => ({ name, file, path: `/races/${file}.html` });

/** The same, keeping everything sealed (`encryptAtRest`). */
export const SEALED = { name: 'hybrid-cache, sealed', path: '/sealed.html' };

/** From npm, each set up as its own documentation has it, with ./peers/peer.js around it. */
export const THEIRS = [
  peer('@ngneat/cashew', 'cashew'),
  peer('axios-cache-interceptor', 'axios'),
  peer('TanStack Query persister', 'tanstack'),
  peer('Workbox', 'workbox'),
];
