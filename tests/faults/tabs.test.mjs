/** Two tabs of one browser (S1a, S1b, I1). */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../support/deadline.mjs';
import { oneBrowser } from '../support/stage.mjs';
import { loseMessages } from '../support/storage.mjs';

const stage = oneBrowser();

/** A storage area that cannot be used, as with cookies blocked. */
function refuseLocalStorage() {
  Object.defineProperty(globalThis, 'localStorage', {
    get() {
      throw new DOMException('denied by the test', 'SecurityError');
    },
  });
}

/** Two tabs of alice, both with /api/a in their memory. */
async function warm({ server, tab }, before) {
  const one = await (await tab()).open(server, { user: 'alice' });
  await one.get('/api/a');
  await one.stored();
  const two = await (await tab({ before })).open(server, { user: 'alice' });
  for (const page of [one, two]) await page.remembers('/api/a');
  assert.equal(server.count('/api/a'), 1);
  return [one, two];
}

/**
 * What happens in `one` must end the older edition in `two`. There it is asked for again and again; each answer is noted
 * with the time its request began, on the clock that both pages share.
 */
async function endsOlder(one, two, happen) {
  const loop = await two.page.evaluateHandle(() => {
    const state = { notes: [], go: true };
    state.end = (async () => {
      while (state.go) {
        const began = Date.now();
        const { body } = await globalThis.get('/api/a', 'alice');
        state.notes.push({ began, edition: body.edition });
      }
      return state.notes;
    })();
    return state;
  });
  await until('requests in the second tab', () => loop.evaluate((state) => state.notes.length));
  await happen();
  const done = await one.run(() => Date.now());
  await until('the newer edition in the second tab', () => loop.evaluate((state) => state.notes.at(-1).edition > 1), 5_000);
  const notes = await loop.evaluate((state) => {
    state.go = false;
    return state.end;
  });
  const firstNew = notes.findIndex(({ edition }) => edition > 1);
  assert.deepEqual(notes.slice(firstNew).filter(({ edition }) => edition === 1), [], 'an older answer after a newer one');
  const lastOld = notes[firstNew - 1].began;
  assert.ok(lastOld <= done + 1_000, `an older answer to a request ${lastOld - done} ms after the change was committed`);
}

for (const [what, before] of [
  ['', []],
  [', its messages lost', [[loseMessages]]],
  [', its messages lost and no localStorage', [[loseMessages], [refuseLocalStorage]]],
]) {
  test(`a newer version seen in one tab ends older entries in the other${what}`, async (t) => {
    const play = await stage(t);
    const [one, two] = await warm(play, before);
    await endsOlder(one, two, async () => {
      play.server.users.get('alice').edit();
      await one.get('/api/b');
    });
    two.assertNoErrors();
  });

  test(`clear() in one tab empties the other${what}`, async (t) => {
    const play = await stage(t);
    const [one, two] = await warm(play, before);
    await endsOlder(one, two, async () => {
      // The data changes without a version: only the clearing can end it.
      play.server.users.get('alice').edition++;
      await one.run(() => globalThis.cache.clear());
    });
    await two.reload();
    assert.equal((await two.get('/api/a')).body.edition, 2);
  });
}

test('delete() in one tab reaches the other', async (t) => {
  const play = await stage(t);
  const [one, two] = await warm(play, []);
  await endsOlder(one, two, async () => {
    play.server.users.get('alice').edition++;
    await one.run(() => globalThis.cache.delete('/api/a'));
  });
});

test('X-Cache-Enabled: false and another scope reach the other tab', async (t) => {
  for (const headers of [{ 'X-Cache-Enabled': 'false' }, { 'X-Cache-Scope': 'scope-of-eve' }]) {
    const play = await stage(t);
    const [one, two] = await warm(play, []);
    await endsOlder(one, two, async () => {
      play.server.users.get('alice').edition++;
      play.server.alter('/api/b', { headers });
      await one.get('/api/b');
    });
  }
});

test('what one tab stored the other serves', async (t) => {
  const { server, tab } = await stage(t);
  const one = await (await tab()).open(server, { user: 'alice' });
  const two = await (await tab()).open(server, { user: 'alice' });
  await one.get('/api/a');
  await one.stored();
  await two.get('/api/a');
  assert.equal(await two.source('/api/a'), 'indexeddb');
  assert.equal(server.count('/api/a'), 1);
});

test('a response held over a bump that the other tab saw is neither stored nor served (R7)', async (t) => {
  const play = await stage(t);
  const [one, two] = await warm(play, []);
  const hold = play.server.hold('/api/late');
  const late = await one.begin('/api/late');
  await hold.arrived();
  play.server.users.get('alice').edit();
  await two.get('/api/b');
  hold.end();
  assert.equal((await late.answer()).body.edition, 1);
  for (const page of [two, one]) {
    assert.equal((await page.get('/api/late')).body.edition, 2);
  }
});
