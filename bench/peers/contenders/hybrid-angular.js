/** This package in Angular's HttpClient, with `bodies: 'frozen'`. */

import { openHybrid } from '../../pages/angular.js';

export async function open() {
  const { get, cache } = await openHybrid('frozen');
  return { get, stored: () => cache.stats().stores };
}
