// Nodes that are stopped and started by commands of their owner's: systemctl over ssh, kubectl, whatever a target file says.
import type { Lifecycle, NodeStatus, Pausing } from '../../core/cluster.ts';
import { type CommandControl, offeredBy } from '../../core/control.ts';
import { DrillError } from '../../core/error.ts';
import type { Identity, NodeName } from '../../core/node.ts';
import { lastLines, runCommand } from '../../toolchain/command.ts';
import { eventually } from '../own/processes.ts';

/** A node and how it is told from others in the commands. */
export interface ControlledNode {
  readonly node: NodeName;
  /** What stands for `{host}`, `{port}`, `{node}`, `{role}`, and words of the target file. */
  readonly words: Readonly<Record<string, string>>;
  /** From outside, on the one way that there is. */
  answers(withinMs: number): Promise<boolean>;
}

type Act = 'kill' | 'stop' | 'start' | 'pause' | 'resume';

const ANSWERS_WITHIN_MS = 1000;
const SAID_LENGTH = 200;

export interface CommandedNodes {
  readonly lifecycle: Lifecycle | undefined;
  readonly pausing: Pausing | undefined;
}

/** Undefined where the target file does not say how. */
export function commandedNodes(control: CommandControl, find: (node: NodeName) => ControlledNode): CommandedNodes {
  const offered = offeredBy(control);
  const commanded = new Commanded(control, find);
  return {
    lifecycle: offered.has('lifecycle') ? commanded : undefined,
    pausing: offered.has('pausing') ? commanded : undefined,
  };
}

class Commanded implements Lifecycle, Pausing {
  readonly #control: CommandControl;
  readonly #find: (node: NodeName) => ControlledNode;

  constructor(control: CommandControl, find: (node: NodeName) => ControlledNode) {
    this.#control = control;
    this.#find = find;
  }

  async status(node: NodeName): Promise<NodeStatus> {
    const { status } = this.#control;
    const found = this.#find(node);
    if (status === undefined) {
      const { host = '', port } = found.words;
      const identity: Identity = { type: 'address', host, port: Number(port) };
      const isUp = await found.answers(ANSWERS_WITHIN_MS);
      return isUp ? { state: 'running', identity } : { state: 'gone', identity: undefined };
    }
    const { code, output, stdout } = await this.#run(status.run, found);
    if (new RegExp(status.gone).test(output)) return { state: 'gone', identity: undefined };
    // A way to the node that fails (ssh, kubectl) says nothing of the node.
    if (code !== 0) throw failed(node, 'status', output);
    const said = stdout.trim().replaceAll(/\s+/g, ' ').slice(0, SAID_LENGTH);
    const isPaused = status.paused !== undefined && new RegExp(status.paused).test(said);
    return { state: isPaused ? 'paused' : 'running', identity: { type: 'told', said } };
  }

  async kill(node: NodeName): Promise<void> {
    await this.#end(node, 'kill', this.#control.timeout);
  }

  async stop(node: NodeName, withinMs: number): Promise<void> {
    await this.#end(node, 'stop', withinMs);
  }

  async start(node: NodeName): Promise<Identity> {
    const before = await this.status(node);
    if (before.identity !== undefined) return before.identity;
    await this.#do('start', node);
    return this.#until(node, 'start', (now) => now.state === 'running');
  }

  async pause(node: NodeName): Promise<void> {
    await this.#do('pause', node);
    await this.#until(node, 'pause', (now) => now.state === 'paused');
  }

  async resume(node: NodeName): Promise<void> {
    if ((await this.status(node)).state !== 'paused') return;
    await this.#do('resume', node);
    await this.#until(node, 'resume', (now) => now.state === 'running');
  }

  /** What it was is gone: a supervisor may have put another in its place, which is for the fault's proof to find. */
  async #end(node: NodeName, act: Act, withinMs: number): Promise<void> {
    const before = await this.status(node);
    if (before.state === 'gone') return;
    await this.#do(act, node);
    const isGone = async (): Promise<boolean> => {
      const now = await this.status(node);
      return now.state === 'gone' || saidBy(now) !== saidBy(before);
    };
    if (!(await eventually(isGone, withinMs))) throw noEffect(node, act, withinMs);
  }

  async #until(node: NodeName, act: Act, so: (now: NodeStatus) => boolean): Promise<Identity> {
    let identity: Identity | undefined;
    const look = async (): Promise<boolean> => {
      const now = await this.status(node);
      identity = now.identity;
      return so(now);
    };
    if ((await eventually(look, this.#control.timeout)) && identity !== undefined) return identity;
    throw noEffect(node, act, this.#control.timeout);
  }

  async #do(act: Act, node: NodeName): Promise<void> {
    const commands = this.#control[act];
    if (commands === undefined) {
      throw new DrillError('PLAN_REFUSED', `the target file does not say how to ${act} it`, {
        at: node,
        hint: `Add ${act} under control.`,
      });
    }
    const found = this.#find(node);
    for (const command of commands) {
      const { code, output } = await this.#run(command, found);
      if (code !== 0) throw failed(node, act, output);
    }
  }

  #run(command: readonly string[], { node, words }: ControlledNode): ReturnType<typeof runCommand> {
    const [file = '', ...args] = command.map((word) => fillIn(word, words, node));
    return runCommand([file, ...args], { env: process.env, timeoutMs: this.#control.timeout });
  }
}

function fillIn(word: string, words: Readonly<Record<string, string>>, node: NodeName): string {
  return word.replace(/\{([A-Za-z][\w-]*)\}/g, (whole, name: string) => {
    const value = words[name];
    if (value !== undefined) return value;
    throw new DrillError('USAGE', `nothing stands for ${whole} in a command of the target file`, {
      at: node,
      hint: `There is ${Object.keys(words).join(', ')}; others stand under control.words, by role or by address.`,
    });
  });
}

function saidBy({ identity }: NodeStatus): string {
  return JSON.stringify(identity ?? null);
}

function failed(node: NodeName, act: string, output: string): DrillError {
  return new DrillError('TOOL_BROKEN', `its command for ${act} failed: ${lastLines(output)}`, { at: node });
}

function noEffect(node: NodeName, act: Act, afterMs: number): DrillError {
  return new DrillError('CLUSTER_FAILED', `${afterMs} ms after its command, ${act} has had no effect`, {
    at: node,
    hint: 'Look at what the status command of the target file prints.',
  });
}
