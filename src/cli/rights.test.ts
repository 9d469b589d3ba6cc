import { describe, expect, it } from 'vitest';
import { firedrill } from '../../test/command-line.ts';
import { makeTargetFolder } from '../../test/support/target-folder.ts';

const staging = {
  environment: 'staging',
  prefix: 'stage.',
  services: {
    sessions: {
      kind: 'redis-sentinel',
      sentinels: ['10.0.0.1:26379'],
      access: { redis: { user: 'drill-redis' }, sentinel: { user: 'drill-sentinel' } },
    },
    events: { kind: 'kafka', bootstrap: ['10.0.0.2:9092'], access: { broker: { user: 'drill-kafka' } } },
  },
};

/** Each line that gives something, without what is the same in all of them. */
function given(stdout: string): readonly string[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/^kafka-acls.*--add /, ''));
}

describe('the rights for a watch', () => {
  it('are those of each service that it knows, where nobody says which', async () => {
    const { code, stdout } = await firedrill(['rights', '--watch']);
    expect(code).toBe(0);
    expect(given(stdout)).toEqual([
      expect.stringMatching(
        /^ACL SETUSER firedrill .* ~firedrill:\* .* \+client\|list .* \+rpush \+wait \+lrange \+del$/,
      ),
      expect.stringMatching(/^ACL SETUSER firedrill .* &\* .* \+psubscribe .* \+sentinel\|get-master-addr-by-name$/),
      "--allow-principal User:firedrill --operation Describe --operation DescribeConfigs --topic '*'",
      '--allow-principal User:firedrill --operation Describe --operation DescribeConfigs --cluster',
      expect.stringMatching(/Create .*Delete .*Read .*Write --topic firedrill- --resource-pattern-type prefixed$/),
    ]);
  });

  it('let nothing be written with --no-writes', async () => {
    const { stdout } = await firedrill(['rights', '--watch', '--no-writes']);
    expect(given(stdout)).toHaveLength(4);
    expect(stdout).not.toMatch(/~firedrill|rpush|\+del|Create|Write|Delete/);
    expect(stdout).toMatch(/\+client\|list/);
  });

  it('are of one kind of service, or of a drill, of which nothing is done', async () => {
    const kafka = await firedrill(['rights', '--watch', 'kafka']);
    expect(given(kafka.stdout)).toHaveLength(3);
    const drill = await firedrill(['rights', '--watch', 'kafka-leader-kill']);
    expect(drill.stdout).toMatch(/^# watch-kafka-leader-kill: /);
    expect(drill.stdout).not.toMatch(/control nodes/);
  });

  it.each([
    [['--watch', '--tag', 'monthly'], /not of a tag/],
    [['redis-primary-kill', '--no-writes'], /--no-writes is for --watch/],
    [['--watch', 'redis-primary-kil'], /redis-primary-kill/],
  ])('are not %s', async (argv, stderr) => {
    expect(await firedrill(['rights', ...argv])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(stderr),
    });
  });
});

describe('the rights on a target', () => {
  it('are its own users’, with its prefix, under the names of its services', async () => {
    using folder = makeTargetFolder({ staging });
    const { code, stdout } = await folder.call('rights', '--watch', '--target', 'staging');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# watch-staging: What happens in staging\n# sessions \(redis-sentinel\)\n/);
    expect(stdout).toMatch(/\n# events \(kafka\)\n/);
    expect(given(stdout).map((line) => /^ACL SETUSER \S+|User:\S+|.*/.exec(line)?.[0])).toEqual([
      'ACL SETUSER drill-redis',
      'ACL SETUSER drill-sentinel',
      ...Array.from({ length: 3 }, () => expect.stringContaining('User:drill-kafka')),
    ]);
    expect(stdout).toMatch(/--topic stage\. --resource-pattern-type prefixed/);
    const one = await folder.call('rights', '--watch', 'events', '--target', 'staging');
    expect(given(one.stdout)).toHaveLength(3);
  });

  it('are of a drill that names its services otherwise', async () => {
    using folder = makeTargetFolder({ staging });
    const { stdout } = await folder.call('rights', 'redis-primary-kill', '--target', 'staging');
    expect(stdout).toMatch(/\n# sessions \(redis-sentinel\)\n/);
    expect(given(stdout).map((line) => line.split(' ')[2])).toEqual(['drill-redis', 'drill-sentinel']);
  });

  it('cannot be told of a service that it does not have, nor of users that it does not name', async () => {
    const events = { ...staging.services.events, access: {} };
    using folder = makeTargetFolder({ staging: { ...staging, services: { events } } });
    const redis = await folder.call('rights', 'redis-primary-kill', '--target', 'staging');
    expect(redis).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('has no service "redis-sentinel" of kind'),
    });
    expect(given(redis.stdout)).toEqual([]);
    const watch = await folder.call('rights', '--watch', '--target', 'staging', '--user', 'ann');
    expect(watch.stdout).toMatch(/# the target file names no user under access: of events, for broker: it has to\n/);
    expect(watch.stdout).toMatch(/User:ann/);
  });

  it('have one prefix', async () => {
    using folder = makeTargetFolder({ staging });
    const argv = ['rights', '--watch', '--target', 'staging', '--prefix', 'mine-'];
    expect(await folder.call(...argv)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/leave out --prefix mine-/),
    });
  });
});
