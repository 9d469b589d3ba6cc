import { describe, expect, it } from 'vitest';
import { primaryOf } from '../../src/clients/redis-topology.ts';
import type { JournalEvent } from '../../src/core/journal.ts';
import { startSecuredRedis } from '../support/secured-redis.ts';
import { quickDrill } from './support/quick-drill.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget, redisService } from './support/targets.ts';

const isMark =
  (name: string) =>
  (event: JournalEvent): boolean =>
    event.type === 'mark' && event.mark === name;
const MOMENTS: readonly [when: string, is: (event: JournalEvent) => boolean][] = [
  ['as it is called', (event) => event.type === 'step' && event.state === 'called'],
  ['as a Sentinel takes the order', isMark('+elected-leader')],
  ['as a replica is promoted', isMark('promoted')],
];

describe('a planned failover whose runner is killed', () => {
  it.each(MOMENTS)('%s, is taken back or finished by a rollback', async (when, is) => {
    await using redis = await startSecuredRedis();
    await using sandbox = await createSandbox();
    addTarget(sandbox, 'staging', { environment: 'staging', services: { 'redis-sentinel': redisService(redis) } });
    const handOver = { name: 'hand-over', fault: 'redis.failover', with: { momentWithin: '0s' }, hold: '5s' };
    const drill = sandbox.addDrill(
      'hand-over',
      quickDrill({ cluster: { services: ['redis-sentinel'] }, method: [handOver] }),
    );
    const run = sandbox.start(['run', drill, '--target', 'staging'], { env: redis.env });
    await run.until(when, is);
    run.kill('SIGKILL');
    await run.ended;
    const { code, stdout } = await sandbox.run(['rollback'], { env: redis.env });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/primary as before, and takes writes|handed over by half|the roles have moved/),
    });
    const primary = primaryOf(await redis.untilWhole());
    expect(await redis.ask(primary ?? '', 'SET', 'firedrill-test', '1')).toBe('OK');
  });
});
