import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isTakenEverywhere, parseListeners, readListeners } from './listeners.ts';

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100407F:189D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 0100007F:D431 0100407F:189D 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
`;
const tcp6 = `  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A
   1: 0000000000000000FFFF00000100467F:1F91 00000000000000000000000000000000:0000 0A
   2: 00000000000000000000000001000000:1F92 00000000000000000000000000000000:0000 0A
`;

describe('listeners', () => {
  it('are read from the kernel’s tables, connections left out', () => {
    expect(parseListeners(tcp)).toEqual([
      { host: '127.64.0.1', port: 6301 },
      { host: '0.0.0.0', port: 22 },
    ]);
    expect(parseListeners(tcp6)).toEqual([
      { host: '0.0.0.0', port: 8080 },
      { host: '127.70.0.1', port: 8081 },
      { host: 'ipv6', port: 8082 },
    ]);
    expect(parseListeners('')).toEqual([]);
  });

  it('are those of this machine', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const listeners = await readListeners();
    expect(listeners).toContainEqual({ host: '127.0.0.1', port });
    expect(isTakenEverywhere(listeners, port)).toBe(false);
    expect(isTakenEverywhere(parseListeners(tcp), 22)).toBe(true);
  });
});
