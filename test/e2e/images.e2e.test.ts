// The images of clusters in containers, made from package registries and tried out on a real engine.
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/toolchain/command.ts';
import { buildImages } from '../../src/toolchain/images/build.ts';
import { chooseImages } from '../../src/toolchain/images/choose.ts';
import { imageNames, images } from '../../src/toolchain/images/images.ts';
import { withoutContainers } from '../support/containers.ts';

/** Nothing of what the machine has in its environment: what is built here is taken. */
const env = { ...process.env, ...Object.fromEntries(imageNames.map((name) => [images[name].variable, undefined])) };

async function runIn(reference: string, ...argv: readonly string[]): Promise<string> {
  const { code, output } = await runCommand(['docker', 'run', '--rm', '--network=none', reference, ...argv], {
    env,
    timeoutMs: 60_000,
  });
  expect({ code, output }).toMatchObject({ code: 0 });
  return output;
}

describe.skipIf(await withoutContainers())('images without a registry', () => {
  it('are built or there already, are taken, and have all that a start command needs', async () => {
    await buildImages({ env, onProgress: (line) => console.log(line) });
    const chosen = await chooseImages({ env });
    expect(Object.values(chosen).map(({ source, id }) => [source, id === undefined])).toEqual(
      imageNames.map(() => ['local', false]),
    );
    const has = (...programs: readonly string[]) =>
      `for program in ${programs.join(' ')}; do command -v $program || exit 1; done`;
    await runIn(
      chosen.redis.reference,
      'sh',
      '-c',
      has('sh', 'cp', 'mv', 'rm', 'mkdir', 'grep', 'redis-server', 'redis-cli'),
    );
    const jar = 'ls /opt/kafka/libs/kafka_2.13-*.jar';
    const listed = `${has('sh', 'cp', 'mv', 'rm', 'mkdir', 'grep', 'java')} && ${jar}`;
    expect(await runIn(chosen.kafka.reference, 'sh', '-c', listed)).toMatch(/\/kafka_2\.13-[\d.]+\.jar\n$/);
    expect(await runIn(chosen.toxiproxy.reference, '-version')).toMatch(/2\.12\.0/);
  }, 900_000);

  it('are not made twice, and are the same to the byte when they are', async () => {
    const progress: string[] = [];
    const there = await buildImages({ env, onProgress: (line) => progress.push(line) });
    expect(there.map(({ name, made }) => [name, made])).toEqual(imageNames.map((name) => [name, false]));
    expect(progress).toEqual([]);
    const [again] = await buildImages({ env, names: ['toxiproxy'], force: true });
    expect(again).toEqual({ ...there.find(({ name }) => name === 'toxiproxy'), made: true });
  }, 300_000);
});
