import { expect, it } from 'vitest';
import { openNodeConnections } from './redis-nodes.ts';

it('opens nothing once it is disposed: nobody would close it, and the process would not end', async () => {
  const address = { host: '127.0.0.1', port: 1 };
  const rows = [{ node: 'redis-1', service: 's', role: 'redis', listener: 'redis', announced: address, address }];
  const connections = openNodeConnections({ from: 'test', rows }, { timeoutMs: 100 });
  await connections[Symbol.asyncDispose]();
  await expect(connections.ask('redis-1', (redis) => redis.ping())).rejects.toMatchObject({ code: 'INTERNAL' });
});
