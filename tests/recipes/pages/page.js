/** Offers the recipes that run in a page to the tests. */
import { QueryObserver } from '@tanstack/query-core';

import { api } from './api.js';
import { cache } from './cache.js';
import { http } from './http.js';
import { queries } from './queries.js';
import { session } from './session.js';

/** What observers were given last, by path. */
const shown = {};

/** As a component does it: shows what is asked for as long as it is there. Answers how to take it away. */
function observe(path) {
  return new QueryObserver(queries, { queryKey: [path] }).subscribe(({ data, error }) => {
    shown[path] = data ?? (error ? String(error) : undefined);
  });
}

Object.assign(globalThis, { api, cache, http, queries, session, shown, observe, loaded: true });
