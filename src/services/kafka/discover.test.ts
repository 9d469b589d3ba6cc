import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ServiceTarget } from '../../core/kinds.ts';
import { discover } from './discover.ts';

const targetOf = (ports: readonly number[], more: Partial<ServiceTarget> = {}): ServiceTarget => ({
  name: 'kafka',
  seeds: ports.map((port) => ({ host: '127.0.0.1', port })),
  access: {},
  terms: {},
  ways: {},
  ...more,
});
const errorOf = (target: ServiceTarget, signal = AbortSignal.timeout(10_000)): Promise<unknown> =>
  discover(target, signal).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('looking for somebody’s Kafka', () => {
  it('says what each bootstrap server said when none of them answers', async () => {
    const failure = await errorOf(targetOf([1, 2]));
    expect(failure).toMatchObject({
      code: 'CLUSTER_FAILED',
      message:
        'no bootstrap server of kafka answers: ' +
        '127.0.0.1:1: no connection to 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1; ' +
        '127.0.0.1:2: no connection to 127.0.0.1:2: connect ECONNREFUSED 127.0.0.1:2',
    });
  });

  it('is not to be blamed on the cluster when a password is not there', async () => {
    const broker = { user: 'me', sasl: 'PLAIN', password: { env: 'FIREDRILL_TEST_NOT_SET' } } as const;
    expect(await errorOf(targetOf([1], { access: { broker } }))).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('FIREDRILL_TEST_NOT_SET'),
    });
  });

  it('ends with its signal while a server is silent', async () => {
    const silent = createServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    try {
      const abort = new AbortController();
      silent.once('connection', (socket) => {
        socket.on('error', () => undefined);
        abort.abort(new Error('enough'));
      });
      const failure = await errorOf(targetOf([(silent.address() as AddressInfo).port]), abort.signal);
      expect(failure).toMatchObject({ message: 'enough' });
    } finally {
      silent.close();
    }
  });
});
