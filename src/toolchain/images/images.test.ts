import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createToolContext } from '../provision.ts';
import type { ToolContext } from '../recipe.ts';
import { buildImages } from './build.ts';
import { chooseImages } from './choose.ts';
import { diagnoseContainers } from './diagnose.ts';
import { askCompose, askEngine, findImage } from './engine.ts';
import { images } from './images.ts';

/** An engine that answers a command with what stands for the first pattern that fits, and fails at all others. */
async function machineWith(
  answers: Readonly<Record<string, string>>,
  env: Record<string, string> = {},
): Promise<ToolContext> {
  const directory = await mkdtemp(join(tmpdir(), 'firedrill-engine-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'bin'));
  const cases = Object.entries(answers).map(([pattern, said]) => `  ${pattern}) echo '${said}' ;;`);
  const script = ['#!/bin/sh', 'case "$*" in', ...cases, "  *) echo 'No such image' >&2; exit 1 ;;", 'esac'];
  await writeFile(join(directory, 'bin/docker'), `${script.join('\n')}\n`);
  await chmod(join(directory, 'bin/docker'), 0o755);
  return createToolContext({
    env: { PATH: join(directory, 'bin'), FIREDRILL_CACHE: join(directory, 'cache'), ...env },
  });
}

const inspect = (reference: string): string => `'image inspect'*' ${reference}'`;

const engine = { "'version'*": '28.2.2 amd64' };

describe('askEngine', () => {
  it('reads version and architecture, or says why there is none', async () => {
    expect(await askEngine(await machineWith(engine))).toEqual({ version: '28.2.2', arch: 'amd64' });
    expect(await askEngine(await machineWith({}))).toEqual({ why: 'No such image' });
    expect(await askEngine(createToolContext({ env: { PATH: '' } }))).toEqual({ why: 'no docker on PATH' });
  });
});

describe('askCompose', () => {
  it('takes the plugin from the version on that reads inline configs', async () => {
    expect(await askCompose(await machineWith({ 'compose*': 'v2.40.3' }))).toEqual({ version: '2.40.3' });
    expect(await askCompose(await machineWith({ 'compose*': '2.23.1-desktop.1' }))).toEqual({ version: '2.23.1' });
    expect(await askCompose(await machineWith({ 'compose*': '2.9.0' }))).toEqual({
      why: 'docker compose is version 2.9.0, and 2.23.1 or newer is needed',
    });
    expect(await askCompose(await machineWith(engine))).toEqual({ why: 'docker has no plugin "compose"' });
  });
});

describe('findImage', () => {
  it('reads id and labels, of which there may be none', async () => {
    const cx = await machineWith({ [inspect('a:1')]: 'sha256:1 null', [inspect('b:1')]: 'sha256:2 {"x":"y z"}' });
    expect(await findImage(cx, 'a:1')).toEqual({ id: 'sha256:1', labels: {} });
    expect(await findImage(cx, 'b:1')).toEqual({ id: 'sha256:2', labels: { x: 'y z' } });
    expect(await findImage(cx, 'c:1')).toBeUndefined();
    const silent = createToolContext({ env: { PATH: '' } });
    await expect(findImage(silent, 'a:1')).rejects.toMatchObject({ code: 'TOOL_BROKEN' });
  });
});

describe('chooseImages', () => {
  it('takes what the environment says, else what was built here, else the public one', async () => {
    const built = { [inspect(images.kafka.local)]: 'sha256:1 null' };
    const cx = await machineWith(built, { FIREDRILL_REDIS_IMAGE: 'redis:8' });
    expect(await chooseImages(cx)).toEqual({
      kafka: { name: 'kafka', reference: images.kafka.local, source: 'local', id: 'sha256:1' },
      redis: { name: 'redis', reference: 'redis:8', source: 'environment', id: undefined },
      toxiproxy: { name: 'toxiproxy', reference: images.toxiproxy.published, source: 'public', id: undefined },
    });
  });
});

describe('buildImages', () => {
  it('says what is missing, and what brings it', async () => {
    const mend = async (cx: ToolContext, name: 'redis' | 'toxiproxy') =>
      buildImages({ env: cx.env, names: [name] }).catch((error: unknown) => error);
    expect(await mend(await machineWith({}), 'redis')).toMatchObject({
      code: 'TOOL_MISSING',
      message: 'no Docker engine answers: No such image',
      hint: expect.stringMatching(/docker-engine\.sh|install Docker/) as string,
    });
    const native = { "'version'*": `28.2.2 ${process.arch === 'x64' ? 'amd64' : process.arch}` };
    expect(await mend(await machineWith(native), 'redis')).toMatchObject({
      code: 'TOOL_MISSING',
      message: 'images cannot be built: no mmdebstrap, no unshare, no tar on PATH',
      hint: expect.stringMatching(/mmdebstrap|docker pull redis/) as string,
    });
    expect(await mend(await machineWith(native), 'toxiproxy')).toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining('no go on PATH') as string,
    });
    expect(await mend(await machineWith({ "'version'*": '28.2.2 s390x' }), 'redis')).toMatchObject({
      message: expect.stringContaining('the engine is linux/s390x') as string,
      hint: `docker pull ${images.redis.published}`,
    });
  });
});

describe('diagnoseContainers', () => {
  it('names the engine, Compose and the images, with what mends each; no drill on local needs them', async () => {
    const without = await diagnoseContainers(createToolContext({ env: { PATH: '' } }));
    expect(without.map(({ name, state, required }) => [name, state, required])).toEqual([
      ['docker engine', 'missing', false],
      ['docker compose', 'missing', false],
      ['images', 'missing', false],
    ]);
    for (const { mend } of without) expect(mend).toMatch(/docker-engine\.sh$|install Docker/);
    const inspected = { "'image inspect'*": 'sha256:1 null' };
    const all = await diagnoseContainers(await machineWith({ ...engine, 'compose*': 'v2.40.3', ...inspected }));
    expect(all.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(all.map(({ mend }) => mend)).toEqual([undefined, undefined, undefined]);
  });

  it('sends to a pull for an image that was asked for by name', async () => {
    const cx = await machineWith({ ...engine, 'compose*': 'v2.40.3' }, { FIREDRILL_KAFKA_IMAGE: 'ours/kafka:1' });
    const [, , found] = await diagnoseContainers(cx);
    expect(found).toMatchObject({ state: 'missing', mend: 'docker pull ours/kafka:1' });
  });

  it('tells an engine that one may not ask from one that is not there', async () => {
    const cx = await machineWith({});
    await writeFile(
      join(cx.env['PATH'] ?? '', 'docker'),
      '#!/bin/sh\necho "permission denied: docker.sock" >&2; exit 1\n',
    );
    const [found] = await diagnoseContainers(cx);
    expect(found).toMatchObject({ state: 'missing', mend: expect.stringContaining('usermod -aG docker') as string });
  });
});
