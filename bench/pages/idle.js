/** Where the tab waits for the first page. */

import { page } from './page.js';

await page(() => undefined);
