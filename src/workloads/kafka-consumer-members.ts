// The processes of a consumer: started, killed, suspended, stopped and counted as nodes are.
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import type { NodeStatus } from '../core/cluster.ts';
import { DrillError } from '../core/error.ts';
import type { Members } from '../core/kinds.ts';
import { type Identity, memberName, type NodeName } from '../core/node.ts';
import { signalGroup } from '../core/process-group.ts';
import { identityOf, isAlive, isStopped, type ProcessIdentity } from '../core/process-identity.ts';
import { waitFor } from '../core/wait.ts';
import type { MemberLine, MemberOrder, MemberSetup } from './kafka-consumer-terms.ts';

/** Its extension is that of this file: `.js` in a package. */
const program = new URL(`./kafka-consumer-member${extname(import.meta.url)}`, import.meta.url);

const goneWithinMs = 5000;
const stoppedWithinMs = 1000;
const POLL_MS = 2;
const LINES = 3;

export interface MembersOptions {
  readonly workload: string;
  readonly runId: string;
  /** Where what they print goes. */
  readonly logFile: string;
  setupOf(member: NodeName, number: number): MemberSetup;
  onLine(member: NodeName, line: MemberLine): void;
  /** One ended; `asked`: because it was stopped. */
  onEnd(member: NodeName, how: string): void;
}

interface Member {
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity;
  /** Resolves when it has ended and its last line was read. */
  readonly over: Promise<void>;
}

export class ConsumerMembers implements Members {
  readonly #options: MembersOptions;
  readonly #live = new Map<NodeName, Member>();
  #count = 0;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  get names(): readonly NodeName[] {
    return Array.from({ length: this.#count }, (_, at) => memberName(this.#options.workload, at + 1));
  }

  async scale(count: number): Promise<void> {
    const before = this.names;
    this.#count = count;
    const after = this.names;
    await Promise.all([
      ...after.filter((name) => !before.includes(name)).map((name) => this.start(name)),
      ...before.filter((name) => !after.includes(name)).map((name) => this.end(name, goneWithinMs)),
    ]);
  }

  async status(member: NodeName): Promise<NodeStatus> {
    const live = this.#running(member);
    if (live === undefined) return { state: 'gone', identity: undefined };
    return { state: isStopped(live.identity) ? 'paused' : 'running', identity: live.identity };
  }

  async start(member: NodeName): Promise<Identity> {
    const running = this.#running(member);
    if (running !== undefined) return running.identity;
    const log = openSync(this.#options.logFile, 'a');
    // A group of its own: Ctrl-C is for the runner, which stops them in its own time.
    const child = fork(program, [], {
      detached: true,
      execArgv: [],
      env: { ...process.env, FIREDRILL_RUN: this.#options.runId },
      stdio: ['ignore', log, log, 'pipe', 'ipc'],
    });
    closeSync(log);
    const over = this.#listen(member, child);
    const identity = await spawned(child, member);
    this.#live.set(member, { child, identity, over });
    const number = Number(member.slice(member.lastIndexOf('#') + 1));
    child.send({ type: 'setup', setup: this.#options.setupOf(member, number) } satisfies MemberOrder);
    return identity;
  }

  async kill(member: NodeName): Promise<void> {
    const live = this.#running(member);
    if (live === undefined) return;
    signalGroup(live.identity.pid, 'SIGKILL');
    await this.#gone(member, live, goneWithinMs);
  }

  async stop(member: NodeName, withinMs: number): Promise<void> {
    const live = this.#running(member);
    if (live === undefined) return;
    live.child.kill('SIGTERM');
    await this.#gone(member, live, withinMs);
  }

  /** In order if it does so by then, and else at once. */
  async end(member: NodeName, withinMs: number): Promise<void> {
    const live = this.#running(member);
    if (live !== undefined && isStopped(live.identity)) await this.kill(member);
    await this.stop(member, withinMs).catch(() => this.kill(member));
  }

  async pause(member: NodeName): Promise<void> {
    const live = this.#running(member);
    if (live === undefined) throw new DrillError('CLUSTER_FAILED', 'cannot be paused: it does not run', { at: member });
    signalGroup(live.identity.pid, 'SIGSTOP');
    const stopped = (): true | undefined => (isStopped(live.identity) ? true : undefined);
    await waitFor(stopped, { withinMs: stoppedWithinMs, everyMs: POLL_MS, what: `${member} to be suspended` });
  }

  async resume(member: NodeName): Promise<void> {
    const live = this.#running(member);
    if (live !== undefined) signalGroup(live.identity.pid, 'SIGCONT');
  }

  /** To all that run. */
  order(order: MemberOrder): void {
    for (const { child } of this.#live.values()) if (child.connected) child.send(order);
  }

  /** Stops all of them, whatever state they are in. */
  async endAll(withinMs: number): Promise<void> {
    await Promise.all([...this.#live.keys()].map((member) => this.end(member, withinMs)));
  }

  #running(member: NodeName): Member | undefined {
    const live = this.#live.get(member);
    return live !== undefined && isAlive(live.identity) ? live : undefined;
  }

  /** Until its last line was read, so that what it did before is known. */
  async #gone(member: NodeName, { identity, over }: Member, withinMs: number): Promise<void> {
    const ended = (): true | undefined => (isAlive(identity) ? undefined : true);
    await waitFor(ended, { withinMs, everyMs: POLL_MS, what: `the end of ${member}` });
    await over;
  }

  async #listen(member: NodeName, child: ChildProcess): Promise<void> {
    const pipe = child.stdio[LINES];
    if (pipe === null || pipe === undefined || !('read' in pipe))
      throw new Error('a member without a pipe for its lines');
    pipe.on('error', () => undefined);
    const lines = createInterface({ input: pipe });
    lines.on('line', (text) => {
      const line = lineOf(text);
      if (line !== undefined) this.#options.onLine(member, line);
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    const read = new Promise<void>((resolve) => lines.once('close', () => resolve()));
    const how = await ended;
    await read;
    if (this.#live.get(member)?.child === child) this.#live.delete(member);
    this.#options.onEnd(member, how);
  }
}

/** Undefined for one that was cut off with its member. */
function lineOf(text: string): MemberLine | undefined {
  try {
    return JSON.parse(text) as MemberLine;
  } catch {
    return undefined;
  }
}

async function spawned(child: ChildProcess, member: NodeName): Promise<ProcessIdentity> {
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`it ended at once (${signal ?? `exit code ${code}`})`)));
  });
  failed.catch(() => undefined);
  await Promise.race([new Promise<void>((resolve) => child.once('spawn', () => resolve())), failed]);
  const identity = identityOf(child.pid ?? 0);
  if (identity === undefined) throw new DrillError('WORKLOAD_FAILED', 'it ended at once', { at: member });
  return identity;
}
