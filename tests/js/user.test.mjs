import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deferred, listen, network, readyClient, settle, stamped } from './support.mjs';

test('naming: at creation and at every setUser, whatever the session', async (t) => {
  for (const [session, cookies] of [['cookie', true], ['bearer', false]]) {
    const { client, engine } = await readyClient(t, { session });
    assert.deepEqual(engine.called('name_user'), [['https://app.example ada', cookies]]);
    client.setUser('bob');
    client.setUser('bob');
    assert.deepEqual(engine.called('name_user').slice(1), [['https://app.example bob', cookies], ['https://app.example bob', cookies]]);
  }
});

test('a server nobody knew of is named with its first request', async (t) => {
  const { client, engine } = await readyClient(t, { include: ['/', /^https:\/\/api\.example\//] });
  network(t);
  await client.fetch('https://api.example/x');
  await client.fetch('https://api.example/y');
  assert.deepEqual(engine.called('name_user'), [['https://app.example ada', false], ['https://api.example ada', false]]);
  client.setUser('bob');
  assert.deepEqual(engine.called('name_user').slice(2).map(([name]) => name), ['https://app.example bob', 'https://api.example bob']);
});

test('userIs: the engine is told', async (t) => {
  const { engine } = await readyClient(t, { userIs: 'scope' });
  assert.deepEqual(engine.called('partition')[0], ['https://app.example', 'ada', true]);
});

test('a function is asked at each departure; a changed answer is a setUser', async (t) => {
  let user = 'ada';
  const { client, engine } = await readyClient(t, { user: () => user });
  network(t);
  await client.fetch('/x');
  user = 'bob';
  await client.fetch('/x');
  assert.deepEqual(engine.called('lookup').map(([partition]) => partition), ['https://app.example ada', 'https://app.example bob']);
  user = null;
  const lookups = engine.called('lookup').length;
  await client.fetch('/x');
  assert.equal(engine.called('lookup').length, lookups);
  assert.equal(client.version(), null);
});

test('a function that throws, or answers nonsense, is nobody: one warning', async (t) => {
  const said = listen(t);
  let user = () => 'ada';
  const { client, engine } = await readyClient(t, { user: () => user() });
  const requests = network(t);
  for (const broken of [() => { throw new Error('not yet'); }, () => 7, () => '']) {
    user = broken;
    const lookups = engine.called('lookup').length;
    await client.fetch('/x');
    assert.equal(engine.called('lookup').length, lookups);
  }
  assert.equal(requests.length, 3);
  assert.equal(said().length, 1);
  assert.match(said()[0], /the user is not known: Error: not yet/);
});

test('S4: a response belongs to whoever was named when it departed', async (t) => {
  const { client, engine } = await readyClient(t);
  const { promise, resolve } = deferred();
  network(t, () => promise);
  const answer = client.fetch('/x');
  await settle();
  client.setUser('bob');
  resolve(stamped({ of: 'ada' }));
  assert.deepEqual(await (await answer).json(), { of: 'ada' });
  assert.equal(engine.called('observe')[0][0].partition, 'https://app.example ada');
});

test('the user changes between a request and its lookup: not even what is certain is served', async (t) => {
  const { client, engine } = await readyClient(t);
  engine.certain = { body: '1', bytes: 1, headers: '', stored: Date.now(), fresh: 60_000 };
  const ask = (p) => {
    let answer;
    client.lookup(p, (verdict, layer, record) => (answer = [verdict, layer, record]));
    return answer;
  };
  const enter = () => client.enter('GET', '/a', 'fetch', undefined, {});
  assert.deepEqual(ask(enter()), ['fresh', 'memory', engine.certain]);
  const p = enter();
  client.setUser('bob');
  engine.memory = true;
  assert.deepEqual(ask(p), ['user', '', undefined]);
});

test('the user changes during a lookup: what was found is not served, the response is nobody’s', async (t) => {
  const { client, engine, events } = await readyClient(t);
  network(t, () => stamped({ of: 'network' }));
  engine.records.set('0 fetch GET https://app.example/x', { status: 200, statusText: '', url: '', headers: '', body: '"ada"', stored: 0, fresh: 0 });
  engine.slow = true;
  const answer = client.fetch('/x');
  await settle();
  client.setUser('bob');
  engine.answerAll();
  assert.deepEqual(await (await answer).json(), { of: 'network' });
  await settle();
  assert.equal(engine.called('observe').length, 0);
  assert.equal(engine.called('admit').length, 0);
  assert.equal(events.find(({ type }) => type === 'miss').reason, 'user');
});

test('from ada to bob and back: a request made before is nobody’s all the same', async (t) => {
  const { client, engine } = await readyClient(t);
  network(t);
  engine.slow = true;
  const answer = client.fetch('/x');
  client.setUser('bob');
  client.setUser('ada');
  engine.answerAll();
  await answer;
  assert.equal(engine.called('observe').length, 0);
});

test('nobody: nothing is looked up, observed or cleared', async (t) => {
  const { client, engine } = await readyClient(t);
  network(t);
  client.setUser(null);
  const calls = engine.calls.length;
  await client.fetch('/x');
  await client.clear();
  assert.equal(await client.delete('/'), 0);
  assert.equal(engine.calls.length, calls);
  await client.clear({ all: true });
  assert.deepEqual(engine.called('clear'), [[-1]]);
});

test('clear and delete concern every server of the present user', async (t) => {
  const { client, engine } = await readyClient(t, { include: ['/', 'https://api.example/'] });
  await client.clear();
  assert.deepEqual(engine.called('clear'), [[0], [1]]);
  assert.equal(await client.delete('/api/'), 4);
  assert.deepEqual(engine.called('invalidate').map(([, ...rest]) => rest), [
    ['prefix', 'https://app.example/api/', ''], ['prefix', 'https://app.example/api/', ''],
  ]);
  await client.delete(/\/orders\//gi);
  assert.deepEqual(engine.called('invalidate').at(-1), ['https://api.example ada', 'pattern', '\\/orders\\/', 'i']);
  await assert.rejects(client.delete('orders'), RangeError);
  await assert.rejects(client.delete(7), TypeError);
});
