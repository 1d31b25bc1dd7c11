/** The first hit of a page that was just loaded, written by hand. From the beginning of the navigation. */

import { page } from './page.js';
import * as yardstick from './yardstick.js';

await page(async ({ kilobytes }) => {
  await yardstick.open();
  const { number } = await (await yardstick.getResponse(`/api/${kilobytes}/0`)).json();
  return { ms: performance.now(), number };
});
