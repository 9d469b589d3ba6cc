import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';
import { kafkaVersion } from './kafka-tools.ts';
import { provision, type Toolchain } from './provision.ts';
import { plantSeed } from './seed.ts';

let toolchain: Toolchain<'kafka' | 'kafka-tools' | 'java'>;

beforeAll(async () => {
  toolchain = await provision({ tools: ['kafka', 'kafka-tools', 'java'] });
}, 300_000);

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-kafka-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe('the tool kafka', () => {
  it('is had again without network, Maven or the distribution, and says nothing', async () => {
    const { java } = toolchain.tools;
    const offline = { PATH: join(java.path, '..'), FIREDRILL_CACHE: toolchain.cacheDir };
    const said: string[] = [];
    const again = await provision({
      tools: ['kafka', 'kafka-tools', 'java'],
      env: offline,
      onProgress: (line) => said.push(line),
    });
    expect(said).toEqual([]);
    expect(again.tools.kafka).toEqual(toolchain.tools.kafka);
  });

  it('has for each role an archive that this Java takes', async () => {
    const { path, args = [] } = toolchain.tools.kafka;
    for (const role of ['broker', 'controller']) {
      const filled = args.map((arg) => arg.replace('{role}', role));
      const argv = [path, '-Xshare:on', ...filled, '--version'] as const;
      const { code, output } = await runCommand(argv, { env: process.env, timeoutMs: 30_000 });
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining(kafkaVersion) as string });
    }
  });

  it('has formatted storage, with the features of a fresh cluster', async () => {
    const data = await scratch();
    const values = { 'cluster.id': 'cluster', 'node.id': '7', 'directory.id': 'directory' };
    await plantSeed(toolchain.tools.kafka.seed ?? '', data, values);
    expect((await readdir(data)).sort()).toEqual(['bootstrap.checkpoint', 'meta.properties']);
    const properties = (await readFile(join(data, 'meta.properties'), 'utf8')).trim().split('\n').sort();
    expect(properties).toEqual(['cluster.id=cluster', 'directory.id=directory', 'node.id=7', 'version=1']);
    const features = await readFile(join(data, 'bootstrap.checkpoint'), 'latin1');
    for (const name of ['metadata.version', 'group.version', 'transaction.version', 'eligible.leader.replicas']) {
      expect(features).toContain(name);
    }
  });

  it('runs Kafka’s own command line tools by their main class', async () => {
    const { path, args = [] } = toolchain.tools['kafka-tools'];
    const argv = [path, ...args, 'org.apache.kafka.tools.TopicCommand', '--version'] as const;
    const { output } = await runCommand(argv, { env: process.env, timeoutMs: 30_000 });
    expect(output).toContain(kafkaVersion);
  });

  it('names a jar that has changed, and what would fetch it again', async () => {
    const FIREDRILL_CACHE = await scratch();
    await cp(join(toolchain.cacheDir, 'kafka-tools'), join(FIREDRILL_CACHE, 'kafka-tools'), { recursive: true });
    const [place = ''] = await readdir(join(FIREDRILL_CACHE, 'kafka-tools'));
    const jar = join(FIREDRILL_CACHE, 'kafka-tools', place, 'libs', `kafka-clients-${kafkaVersion}.jar`);
    const bytes = await readFile(jar);
    await writeFile(jar, bytes.with(1000, 0xff ^ (bytes[1000] ?? 0)));
    const PATH = join(toolchain.tools.java.path, '..');
    const bin = await scratch();
    const noMaven = { JAVA_HOME: join(PATH, '..'), PATH: bin, FIREDRILL_CACHE };
    await expect(provision({ tools: ['kafka'], env: noMaven })).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringMatching(/kafka-tools cannot be had\n.*kafka-clients.* has SHA-256[\s\S]*no mvn/) as string,
      hint: expect.stringMatching(/[Mm]aven/) as string,
    });
  });
});

describe('the seed that containers start from', () => {
  it('has the features of a fresh cluster of this version', async () => {
    const made = await readFile(join(toolchain.tools.kafka.seed ?? '', 'bootstrap.checkpoint'), 'latin1');
    const pinned = await readFile('fixtures/toolchain/kafka/bootstrap.checkpoint.base64', 'latin1');
    // Between the two are the times and the checksums of two formats.
    const features = (text: string): readonly string[] => text.match(/[a-z.]+version[^a-z]{5}/g) ?? [];
    expect(features(Buffer.from(pinned, 'base64').toString('latin1'))).toEqual(features(made));
    expect(features(made)).toHaveLength(6);
  });
});

describe('a seed', () => {
  it('is not planted with somebody else’s identity', async () => {
    const [seed, data] = [await scratch(), await scratch()];
    await writeFile(join(seed, 'meta.properties'), 'node.id={node.id}\n');
    await expect(plantSeed(seed, data, {})).rejects.toThrow('nothing was said for {node.id}');
  });
});
