import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../places.mjs';

for (const path of ['package-lock.json', 'angular-demo/package-lock.json', 'tests/races/package-lock.json', 'tests/recipes/package-lock.json', 'bench/peers/package-lock.json']) {
  test(`${path} names no server to download from: everybody's own registry serves`, () => {
    const { packages } = JSON.parse(readFileSync(join(root, path), 'utf8'));
    const named = Object.entries(packages).filter(([, { resolved }]) => resolved?.includes('://'));
    assert.deepEqual(named, []);
  });
}
