// Where a cluster's files are: one directory a run, one in it for each node.
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ClusterSpec, ConfigFile } from '../../core/cluster.ts';
import type { NodeName, NodeSpec } from '../../core/node.ts';
import { identityOf, type ProcessIdentity } from '../../core/process-identity.ts';
import { plantSeed } from '../../toolchain/seed.ts';
import type { Matrix } from '../links/matrix.ts';
import type { Program } from './launch.ts';

export interface NodeHome {
  readonly config: string;
  readonly data: string;
  readonly log: string;
  readonly hosts: string;
  /** Its launcher's last act: the pid under which the program runs. */
  readonly pid: string;
  /** The process that it was last started as. */
  readonly identity: string;
}

export const TOXIPROXY = 'toxiproxy';

/** Pure. */
export function homeOf(directory: string, node: NodeName): NodeHome {
  const home = join(directory, node);
  return {
    config: join(home, 'config'),
    data: join(home, 'data'),
    log: join(home, 'log'),
    hosts: join(home, 'hosts'),
    pid: join(home, 'pid'),
    identity: join(home, 'identity.json'),
  };
}

/** What stands for a node's own places in its config files and arguments; a tool's arguments may also hold `{role}`. */
export function fillIn(text: string, home: NodeHome, own: { readonly bind: string; readonly role: string }): string {
  const values: Readonly<Record<string, string>> = { ...home, ...own };
  return text.replace(/\{(bind|data|config|hosts|role)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Pure. Names of nodes replaced by where they listen: for processes that cannot look them up. */
export function withAddresses(text: string, spec: ClusterSpec, hostOf: (node: NodeName) => string): string {
  const names = spec.nodes.map((node) => node.name).sort((a, b) => b.length - a.length);
  return text.replace(new RegExp(`(?<![\\w.-])(?:${names.join('|')})(?![\\w-])`, 'g'), hostOf);
}

/** Makes the run's own, with Toxiproxy's in it. */
export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  await mkdir(homeOf(directory, TOXIPROXY).data, { recursive: true });
}

export interface HomesOptions {
  readonly matrix: Matrix;
  readonly named: boolean;
  /** By name of the tool. */
  readonly programs: Readonly<Record<string, Program>>;
}

/**
 * Makes the directories of all nodes with their config files, and with what their program's storage starts from. Redis
 * and Sentinel rewrite their configs: they are kept across restarts, as data is.
 */
export async function makeHomes(directory: string, spec: ClusterSpec, options: HomesOptions): Promise<void> {
  await writeFile(join(directory, 'nsswitch.conf'), 'hosts: files dns\n');
  await Promise.all(spec.nodes.map((node) => makeHome(directory, spec, { ...options, node })));
}

async function makeHome(
  directory: string,
  spec: ClusterSpec,
  { node, matrix, named, programs }: HomesOptions & { readonly node: NodeSpec },
): Promise<void> {
  const { name, role, program } = node;
  const home = homeOf(directory, name);
  const bind = matrix.hostOf(name);
  await mkdir(home.config, { recursive: true });
  await mkdir(home.data);
  await writeFile(home.hosts, matrix.hostsFile(name));
  for (const file of spec.files[name] ?? []) {
    const text = named ? file.text : withAddresses(file.text, spec, matrix.hostOf);
    await writeFile(join(home.config, basename(file.name)), fillIn(text, home, { bind, role }));
  }
  const seed = programs[program.tool]?.seed ?? null;
  if (program.seed !== undefined && seed !== null) await plantSeed(seed, home.data, program.seed);
}

/** Empty when there is none. */
export function readLog(home: NodeHome): Promise<string> {
  return readFile(home.log, 'utf8').catch((error: NodeJS.ErrnoException) => {
    unlessMissing(error);
    return '';
  });
}

export async function readConfig(home: NodeHome): Promise<readonly ConfigFile[]> {
  const names = (await readdir(home.config)).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(home.config, name), 'utf8') })));
}

/** Written whole or not at all: another process may read it at any time. */
export async function writeIdentity(home: NodeHome, identity: ProcessIdentity): Promise<void> {
  const draft = `${home.identity}.${process.pid}`;
  await writeFile(draft, JSON.stringify(identity));
  await rename(draft, home.identity);
}

/** undefined when the node was never started, or its directory is gone. */
export async function readIdentity(home: NodeHome): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(home.identity, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

/** The process that the launcher has become; undefined until it has. */
export async function readLaunched(home: NodeHome): Promise<ProcessIdentity | undefined> {
  const text = await readFile(home.pid, 'utf8').catch(() => '');
  return text.endsWith('\n') ? identityOf(Number(text)) : undefined;
}

/** Copies each log to `<to>/<node>.log`. What is not there is left out. */
export async function copyLogs(directory: string, names: readonly string[], to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const copies = names.map((name) => cp(homeOf(directory, name).log, join(to, `${name}.log`)).catch(unlessMissing));
  await Promise.all(copies);
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
