/** What a hit costs an application: change detections, and memory that stays. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// First, since it brings zone.js and the compiler.
import { application, stored } from './angular.mjs';

import { effect, NgZone, ɵChangeDetectionScheduler as Scheduler, ɵEffectScheduler as EffectScheduler, ɵNoopNgZone as NoopNgZone } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { settle } from './support.mjs';

test('change detection: at most two runs for a hit under zone.js', async (t) => {
  const app = await application(t);
  await stored(app, '/api/items', [1]);
  for (const memory of [false, true]) {
    app.engine.memory = memory;
    let runs = 0;
    const counted = app.zone.onMicrotaskEmpty.subscribe(() => runs++);
    const hit = app.zone.run(() => firstValueFrom(app.http.get('/api/items')));
    await settle();
    assert.deepEqual(await hit, [1]);
    await settle();
    counted.unsubscribe();
    assert.ok(runs > 0 && runs <= 2, `${runs} runs`);
  }
});

test('change detection: without zone.js a hit asks for none, but where a signal of the cache is shown', async (t) => {
  let asked = 0;
  const app = await application(t, {
    providers: [
      { provide: NgZone, useValue: new NoopNgZone() },
      { provide: Scheduler, useValue: { notify: () => asked++, runningTick: false } },
    ],
  });
  await stored(app, '/api/items', [1]);
  const hit = async () => {
    asked = 0;
    await firstValueFrom(app.http.get('/api/items'));
    await settle();
    return asked;
  };
  assert.equal(await hit(), 0);
  const shown = effect(() => void app.cache.stats(), { injector: app.injector });
  app.injector.get(EffectScheduler).flush();
  assert.ok((await hit()) > 0, 'this would be seen');
  shown.destroy();
  assert.equal(await hit(), 0);
});

/** Bytes in use once everything that can go is gone. */
async function used() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let round = 0; round < 3; round++) {
    await settle();
    collect();
  }
  return process.memoryUsage().heapUsed;
}

/** All of them with `npm run test:full`. */
const HITS = process.env.HYBRID_CACHE_FULL ? 50_000 : 5_000;

test(`memory: nothing stays of ${HITS} hits`, async (t) => {
  const app = await application(t);
  await stored(app, '/api/items', [1]);
  app.engine.memory = true;
  const hits = async (count) => {
    for (let n = 0; n < count; n++) {
      await firstValueFrom(app.http.get('/api/items'));
      // The stand-in for the engine remembers its calls; the cache does not.
      app.engine.calls.length = 0;
    }
  };
  await hits(5_000);
  const before = await used();
  await hits(HITS);
  const grown = (await used()) - before;
  assert.equal(app.cache.stats().hits, 5_000 + HITS);
  // With all of them, 20 bytes a hit would be seen.
  assert.ok(grown < 1_000_000, `${grown} bytes more`);
  t.diagnostic(`${grown} bytes more`);
});
