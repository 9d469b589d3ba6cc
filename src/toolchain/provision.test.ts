import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';
import { whyNoPackages } from './debian.ts';
import { createToolContext, provision, type Tool, type Toolchain } from './provision.ts';

const fake = (said: string): string => `#!/bin/sh\necho "${said}"\n`;

/** What is there first on PATH, and too old: whatever this machine has installed, everything has to be made. */
const tooOld = {
  'redis-server': fake('Redis server v=6.0.16 sha=00000000:0'),
  'toxiproxy-server': fake('toxiproxy-server version 2.1.4'),
  toxiproxy: fake('Toxiproxy version 2.1.4'),
};

const root = await mkdtemp(join(tmpdir(), 'firedrill-provision-'));
const env = {
  ...process.env,
  PATH: `${join(root, 'old')}:${process.env['PATH'] ?? ''}`,
  FIREDRILL_CACHE: join(root, 'cache'),
};
const obstacle = whyNoPackages(createToolContext({ env }));
const both = ['redis-server', 'toxiproxy'] as const;
const names = obstacle === undefined ? both : (['toxiproxy'] as const);

/** Made once: it takes some ten seconds, or forty where Go has never built it. */
let toolchain: Toolchain;
const progress: string[] = [];

beforeAll(async () => {
  await writePrograms(join(root, 'old'), tooOld);
  if (obstacle !== undefined) console.log(`Redis is not made in these tests: ${obstacle}`);
  toolchain = (await provision({ tools: names, env, onProgress: (line) => progress.push(line) })) as Toolchain;
}, 300_000);

afterAll(() => rm(root, { recursive: true, force: true }));

async function writePrograms(directory: string, programs: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(programs)) await writeFile(join(directory, name), text, { mode: 0o755 });
  return directory;
}

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(root, 'scratch-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Starts a tool and waits until its port answers. */
async function start(tool: Tool, args: readonly string[], port: number): Promise<void> {
  const child = spawn(tool.path, args, { env: { ...process.env, ...tool.env }, stdio: 'ignore' });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await expect.poll(() => canConnect(port), { timeout: 5_000 }).toBe(true);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('what is made', () => {
  it('is said while it happens, with what was found and why it would not do', () => {
    const lines = progress.join('\n');
    expect(lines).toContain(`toxiproxy: ${join(root, 'old')}/toxiproxy-server is version 2.1.4, and 2.12 is needed`);
    expect(lines).toMatch(/toxiproxy: 2\.12\.\d+ made in [\d.]+ s/);
  });

  it('is a Redis that answers, and is Sentinel too', async ({ skip }) => {
    if (obstacle !== undefined) return skip(obstacle);
    const tool = toolchain.tools['redis-server'];
    expect(tool).toMatchObject({ source: 'cache', version: expect.stringMatching(/^[78]\.\d+\.\d+$/) as string });
    const port = await freePort();
    const config = join(await scratch(), 'sentinel.conf');
    await writeFile(config, `port ${port}\nsentinel monitor primary 127.0.0.1 1 1\n`);
    await start(tool, [config, '--sentinel'], port);
    const socket = createConnection(port, '127.0.0.1').setEncoding('utf8');
    onTestFinished(() => void socket.destroy());
    socket.write('ROLE\r\n');
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toContain('sentinel');
  });

  it('is a Toxiproxy that knows its version', async () => {
    const port = await freePort();
    await start(toolchain.tools.toxiproxy, ['-port', String(port)], port);
    const answer = await fetch(`http://127.0.0.1:${port}/version`);
    expect(await answer.json()).toEqual({ version: toolchain.tools.toxiproxy.version });
  });

  it('is the version that the pinned module asks for', async () => {
    const pinned = await readFile(new URL('../../fixtures/toolchain/toxiproxy/go.mod', import.meta.url), 'utf8');
    expect(pinned).toContain(`require github.com/Shopify/toxiproxy/v2 v${toolchain.tools.toxiproxy.version}\n`);
  });

  it('leaves nothing beside it', async () => {
    for (const name of names) expect(await readdir(join(toolchain.cacheDir, name))).toHaveLength(1);
  });
});

describe('what is on PATH', () => {
  it('is taken when it is recent enough', async () => {
    const programs = {
      'redis-server': fake('Redis server v=7.2.5 sha=0'),
      toxiproxy: fake('Toxiproxy version 2.12.3'),
    };
    const PATH = await writePrograms(await scratch(), programs);
    const cache = join(await scratch(), 'none');
    expect(await provision({ tools: both, env: { PATH, FIREDRILL_CACHE: cache } })).toEqual({
      tools: {
        'redis-server': { name: 'redis-server', path: join(PATH, 'redis-server'), version: '7.2.5', source: 'path' },
        toxiproxy: { name: 'toxiproxy', path: join(PATH, 'toxiproxy'), version: '2.12.3', source: 'path' },
      },
      cacheDir: cache,
    });
  });
});

describe('the second time', () => {
  it('makes nothing, says nothing, and needs no network, no apt and no Go', async () => {
    const broken = 'http://127.0.0.1:9';
    const offline = { PATH: join(root, 'old'), http_proxy: broken, https_proxy: broken, GOPROXY: 'off' };
    const said: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const again = await provision({
        tools: names,
        env: { ...offline, FIREDRILL_CACHE: toolchain.cacheDir },
        onProgress: (line) => said.push(line),
      });
      expect(again).toEqual(toolchain);
    }
    expect(said).toEqual([]);
  });

  it('names a file that has changed, and makes it again', async () => {
    const FIREDRILL_CACHE = await scratch();
    await cp(join(toolchain.cacheDir, 'toxiproxy'), join(FIREDRILL_CACHE, 'toxiproxy'), { recursive: true });
    const program = toolchain.tools.toxiproxy.path.replace(toolchain.cacheDir, FIREDRILL_CACHE);
    const whole = await readFile(program);
    await writeFile(program, whole.with(whole.length - 1, 0xff ^ (whole.at(-1) ?? 0)));
    const said: string[] = [];
    await provision({ tools: ['toxiproxy'], env: { ...env, FIREDRILL_CACHE }, onProgress: (line) => said.push(line) });
    expect(said[0]).toContain(`${program} has SHA-256 `);
    expect(whole.equals(await readFile(program))).toBe(true);
  });
});

/** Another process that provisions Toxiproxy. */
function provisionElsewhere(childEnv: NodeJS.ProcessEnv): Promise<{ code: number | null; said: string }> {
  const module = JSON.stringify(new URL('./provision.ts', import.meta.url).href);
  const script = `import { provision } from ${module};
    await provision({ tools: ['toxiproxy'], onProgress: (line) => console.log(line) });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env: childEnv });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said: said.join('') })));
}

/** A Go that writes half of its output, says so, and goes on for as long as anybody listens. */
const hangingGo = `#!/bin/sh
while [ "$1" != -o ]; do shift; done
echo half > "$2"
while echo half done; do sleep 0.05; done
`;

describe('several at once', () => {
  it('make it once between them', async () => {
    const childEnv = { ...env, FIREDRILL_CACHE: await scratch() };
    const runs = await Promise.all([1, 2, 3].map(() => provisionElsewhere(childEnv)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(runs.filter(({ said }) => said.includes('made in'))).toHaveLength(1);
    expect(await readdir(join(childEnv.FIREDRILL_CACHE, 'toxiproxy'))).toHaveLength(1);
  });
});

describe('one that dies in the middle', () => {
  it('leaves nothing that the next one takes for a tool', async () => {
    const FIREDRILL_CACHE = await scratch();
    const PATH = `${await writePrograms(await scratch(), { go: hangingGo })}:${env.PATH}`;
    const module = JSON.stringify(new URL('./provision.ts', import.meta.url).href);
    const script = `import { provision } from ${module};
      await provision({ tools: ['toxiproxy'], onProgress: (line) => { if (line.includes('half')) process.kill(process.pid, 'SIGKILL'); } });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...env, PATH, FIREDRILL_CACHE },
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    const left = await readdir(join(FIREDRILL_CACHE, 'toxiproxy'));
    expect(left.filter((name) => name.endsWith('.lock'))).toHaveLength(1);
    expect(left.filter((name) => name.includes('.making-'))).toHaveLength(1);
    const { tools } = await provision({ tools: ['toxiproxy'], env: { ...env, FIREDRILL_CACHE } });
    expect(tools.toxiproxy.source).toBe('cache');
  });

  it('cleans up after itself when it is interrupted', async () => {
    const FIREDRILL_CACHE = await scratch();
    const PATH = `${await writePrograms(await scratch(), { go: hangingGo })}:${env.PATH}`;
    const abort = new AbortController();
    const running = provision({
      tools: ['toxiproxy'],
      env: { ...env, PATH, FIREDRILL_CACHE },
      signal: abort.signal,
      onProgress: (line) => line.includes('half') && abort.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(await readdir(join(FIREDRILL_CACHE, 'toxiproxy'))).toEqual([]);
  });
});

describe('what cannot be had', () => {
  it('is one error that names each tool, what was tried and what installs it', async () => {
    const PATH = join(root, 'old');
    const FIREDRILL_CACHE = await scratch();
    const error = await provision({ env: { PATH, FIREDRILL_CACHE } }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DrillError', code: 'TOOL_MISSING' });
    const { message, hint } = error as { message: string; hint: string };
    expect(message.split('\n')).toEqual([
      'redis-server cannot be had',
      `  found: ${PATH}/redis-server is version 6.0.16, and 7.0 or newer is needed, and none in ${FIREDRILL_CACHE}`,
      expect.stringMatching(/^ {2}made: no apt-get, no dpkg, no dpkg-query on PATH to unpack packages with$/) as string,
      'toxiproxy cannot be had',
      expect.stringMatching(/^ {2}found: .*toxiproxy-server is version 2\.1\.4, and 2\.12 is needed/) as string,
      '  made: no go on PATH to build it with',
      'java cannot be had',
      `  found: no java on PATH, and none in JAVA_HOME, and none in ${FIREDRILL_CACHE}`,
      expect.stringMatching(/^ {2}made: no apt-get/) as string,
    ]);
    expect(hint).toMatch(/redis.*; .*go\b.*; .*(jre|java|openjdk)/i);
    expect(await readdir(FIREDRILL_CACHE)).toEqual([]);
  });

  it('ends with the last lines of what failed', async () => {
    const go = '#!/bin/sh\necho "dial tcp: lookup proxy: no such host" >&2\nexit 1\n';
    const PATH = `${await writePrograms(await scratch(), { go })}:${env.PATH}`;
    const failing = provision({ tools: ['toxiproxy'], env: { ...env, PATH, FIREDRILL_CACHE: await scratch() } });
    await expect(failing).rejects.toThrow('made: go build failed (exit code 1): dial tcp: lookup proxy: no such host');
    await expect(failing).rejects.toMatchObject({ hint: expect.stringContaining('GOPROXY') as string });
  });

  it('is a module whose checksum is not the pinned one', async () => {
    const copy = await scratch();
    await cp(new URL('../../fixtures/toolchain/toxiproxy/', import.meta.url), copy, { recursive: true });
    const sums = await readFile(join(copy, 'go.sum'), 'utf8');
    await writeFile(join(copy, 'go.sum'), sums.replace(/(Shopify\/toxiproxy\/v2 v\S+ h1:)\w{4}/, '$1AAAA'));
    const result = await runCommand(
      ['go', 'list', '-mod=readonly', '-deps', 'github.com/Shopify/toxiproxy/v2/cmd/server'],
      {
        cwd: copy,
        env,
      },
    );
    expect(result.code).not.toBe(0);
    expect(result.output).toContain('checksum mismatch');
  });

  it("is a place that cannot be written to, which is not the tool's fault", async () => {
    const file = join(await scratch(), 'file');
    await writeFile(file, '');
    const failing = provision({ tools: ['toxiproxy'], env: { ...env, FIREDRILL_CACHE: join(file, 'cache') } });
    await expect(failing).rejects.toMatchObject({ hint: expect.stringContaining('set FIREDRILL_CACHE') as string });
  });
});
