/** Must compile against the installed package, and must not where it says so. Never run. */

import {
  createHybridCache,
  type CacheEntryInfo,
  type CacheEvent,
  type CacheStats,
  type Diagnosis,
  type Explanation,
  type HybridCacheClient,
  type HybridCacheOptions,
} from 'hybrid-cache';

export const options: HybridCacheOptions = {
  user: () => null,
  ttl: 300_000,
  rules: [{ match: /^x/, ttl: 1, staleWhileRevalidate: 2, cache: true }, { match: '/api/' }] as const,
  include: ['/api/', /x/],
  maxBytes: 1,
  maxEntries: 1,
  wasmUrl: new URL('https://example.org/x.wasm'),
  lookupTimeout: 150,
  session: 'bearer',
  echoVersion: true,
  versionless: 'skip',
  bodies: 'frozen',
};

export const client: HybridCacheClient = createHybridCache(options);
export const bare: HybridCacheClient = createHybridCache();

export async function use(): Promise<void> {
  const response: Response = await client.fetch(new URL('https://example.org/'), { headers: { Accept: 'x' } });
  await client.fetch(new Request('/x'));
  await client.fetch('/x');
  client.setUser(null);
  client.setUser('alice');
  const cleared: void = await client.clear();
  await client.clear({ all: true });
  const removed: number = (await client.delete('/x')) + (await client.delete(/x/));
  const entries: CacheEntryInfo[] = await client.entries();
  const stats: CacheStats = client.stats();
  const version: number | null = client.version();
  const explanation: Explanation = await client.explain('/x');
  const diagnosis: Diagnosis = await client.diagnose();
  await client.diagnose('/x');
  const status: 'idle' | 'loading' | 'ready' | 'unavailable' = client.status;
  const reason: string | null = client.reason;
  const ready: boolean = await client.whenReady();
  const stop: () => void = client.on((event: CacheEvent) => void event.type);
  stop();
  client.close();
  void [response, cleared, removed, entries, stats, version, explanation, diagnosis, status, reason, ready];

  // @ts-expect-error There is no such session.
  createHybridCache({ session: 'jwt' });
  // @ts-expect-error Times are numbers.
  createHybridCache({ ttl: '300' });
  // @ts-expect-error There is no such option.
  createHybridCache({ timeToLive: 5 });
  // @ts-expect-error It cannot be set.
  client.status = 'ready';
  // @ts-expect-error A user is a string.
  client.setUser(7);
}
