// A Redis of somebody else's in containers: its nodes are stopped and started through the engine that they run in.
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/toolchain/command.ts';
import { buildImages } from '../../src/toolchain/images/build.ts';
import { withoutContainers } from '../support/containers.ts';
import { freePorts } from '../support/free-ports.ts';
import { createSandbox } from './support/sandbox.ts';
import { addTarget } from './support/targets.ts';

async function docker(...argv: string[]): Promise<string> {
  const { code, output, stdout } = await runCommand(['docker', ...argv], { env: process.env, timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`docker ${argv.join(' ')}: ${output}`);
  return stdout.trim();
}

interface Contained extends AsyncDisposable {
  readonly sentinels: readonly string[];
  /** Address → container. */
  readonly containers: Readonly<Record<string, string>>;
}

/** A primary, two replicas and three Sentinels, that share the machine's network. */
async function startContained(): Promise<Contained> {
  const [image] = await buildImages({ names: ['redis'] });
  const ports = (await freePorts(6)).sort((a, b) => a - b);
  const [primary] = ports;
  const containers: Record<string, string> = {};
  const start = async (port: number, lines: readonly string[], ...args: string[]): Promise<void> => {
    const script = 'printf "%s\\n" "$0" >/tmp/node.conf && exec redis-server /tmp/node.conf "$@"';
    const command = [
      image?.reference ?? '',
      '-c',
      script,
      ['bind 127.0.0.1', `port ${port}`, ...lines].join('\n'),
      ...args,
    ];
    const id = await docker('run', '--detach', '--network=host', '--entrypoint=sh', ...command);
    containers[`127.0.0.1:${port}`] = id;
  };
  const [redis, sentinels] = [ports.slice(0, 3), ports.slice(3)];
  for (const port of redis) {
    const follow = port === primary ? [] : [`replicaof 127.0.0.1 ${primary}`];
    await start(port, ['min-replicas-to-write 1', 'repl-diskless-sync-delay 0', ...follow]);
  }
  const watch = [
    `sentinel monitor mymaster 127.0.0.1 ${primary} 2`,
    'sentinel down-after-milliseconds mymaster 5000',
    'sentinel failover-timeout mymaster 10000',
  ];
  for (const port of sentinels) await start(port, watch, '--sentinel');
  return {
    sentinels: sentinels.map((port) => `127.0.0.1:${port}`),
    containers,
    [Symbol.asyncDispose]: async () => void (await docker('rm', '--force', '--volumes', ...Object.values(containers))),
  };
}

describe.skipIf(await withoutContainers())('a Redis in containers of somebody else’s', () => {
  it('is drilled through its engine, and restored', async () => {
    await using redis = await startContained();
    await using sandbox = await createSandbox();
    const control = { by: 'docker', containers: redis.containers };
    const services = { 'redis-sentinel': { kind: 'redis-sentinel', sentinels: redis.sentinels, control } };
    addTarget(sandbox, 'staging', { environment: 'staging', services });
    const options = ['--target', 'staging', '--set', 'timing.warmUp=3s', '--set', 'timing.heldFor=1s'];
    for (const drill of ['redis-primary-pause', 'redis-primary-kill']) {
      const { code, stdout, stderr } = await sandbox.run(['run', drill, ...options]);
      expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringContaining('PASSED') });
    }
    const states = Object.values(redis.containers).map((id) => docker('inspect', '--format', '{{.State.Status}}', id));
    expect(await Promise.all(states)).toEqual(Array(6).fill('running'));
  });
});
