import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopbackSentinel, startLoopbackSentinel } from '../../test/loopback-sentinel.ts';
import { askAcl } from './redis-acl.ts';

let cluster: LoopbackSentinel;
beforeAll(async () => {
  cluster = await startLoopbackSentinel({ downAfterMs: 60_000 });
});
afterAll(() => cluster[Symbol.asyncDispose]());

const commands = [
  ['INFO'],
  ['CONFIG', 'GET', '*'],
  ['CONFIG', 'SET', 'save', ''],
  ['CLIENT', 'PAUSE', '1', 'WRITE'],
  ['RPUSH', 'firedrill-x', '1'],
  ['RPUSH', 'orders', '1'],
  ['LRANGE', 'firedrill-x', '0', '1'],
  ['WAIT', '1', '1'],
  ['PSUBSCRIBE', '*'],
  ['SUBSCRIBE', '+switch-master'],
] as const;

async function asUser(node: string, rules: string, asked: readonly (readonly string[])[] = commands) {
  await cluster.ask(node, 'ACL', 'SETUSER', 'fd', 'reset', 'on', '>secret', ...rules.split(' '));
  const redis = new Redis({ ...cluster.addressOf(node), username: 'fd', password: 'secret', enableReadyCheck: false });
  try {
    return await askAcl(redis, asked, 'fd');
  } finally {
    redis.disconnect();
  }
}

const CHECKING = '+acl|whoami +acl|dryrun';

describe('what a Redis user may do', () => {
  it.each(['redis-1', 'sentinel-1'])('is asked of %s without doing it', async (node) => {
    const asked = [['INFO'], ['ACL', 'SETUSER', 'x'], ['PSUBSCRIBE', '*'], ['NO-SUCH']];
    const answers = await asUser(node, `${CHECKING} +info +psubscribe`, asked);
    expect(answers).toEqual([
      { state: 'allowed' },
      { state: 'refused', because: "This user has no permissions to run the 'acl|setuser' command" },
      { state: 'refused', because: "This user has no permissions to access the '*' channel" },
      { state: 'refused', because: 'there is no command NO-SUCH (renamed, or switched off)' },
    ]);
  });

  it('is unknown where the user may not ask', async () => {
    const [info, none] = await asUser('redis-1', '+info +command|info', [['INFO'], ['NO-SUCH']]);
    expect(info).toEqual({ state: 'unknown', because: 'user fd may call neither ACL DRYRUN nor ACL GETUSER' });
    expect(none?.state).toBe('refused');
    expect(await asUser('redis-1', '+info', [['INFO'], ['RPUSH', 'x', '1']])).toEqual([info, info]);
  });

  it.each([
    '+@all ~* &*',
    '+info +config|get ~firedrill-* +rpush +lrange +wait',
    '+@all -@dangerous ~firedrill-* &+switch-*',
    '+@read -lrange +config -config|set +psubscribe &*',
    '-@all +client +subscribe &+switch-master ~f?redrill-*',
    '+@write %R~orders %RW~firedrill-*',
  ])('is read out of its rules where there is no dry run: %s', async (rules) => {
    const dryRun = await asUser('redis-1', `${rules} ${CHECKING} +command|info`);
    const byRules = await asUser('redis-1', `${rules} -acl|dryrun +acl|whoami +acl|getuser +command|info`);
    expect(byRules.map(({ state }) => state)).toEqual(dryRun.map(({ state }) => state));
    expect(dryRun.map(({ state }) => state)).not.toContain('unknown');
  });

  it('is unknown where rules speak of categories and nobody says what is in them', async () => {
    const [info, pause] = await asUser('redis-1', '+@read +client +acl|getuser +acl|whoami -command', [
      ['INFO'],
      ['CLIENT', 'PAUSE', '1'],
    ]);
    expect(info?.state).toBe('unknown');
    expect(pause?.state).toBe('allowed');
  });
});
