// What a Redis node or a Sentinel denies us, said with the command that is missing. It is never an empty answer, and never
// a zero.
import { DrillError } from '../core/error.ts';
import type { NodeName } from '../core/node.ts';

/** An answer, and no failure of the way to it: the server does not let us in, or not do this. */
export function isDenial(error: unknown): error is Error {
  return (
    error instanceof Error &&
    error.name === 'ReplyError' &&
    /^(NOPERM|NOAUTH|WRONGPASS)\b|^ERR unknown command\b/.test(error.message)
  );
}

/** Of all nodes: throws where one denies us something. A node that does not answer is none. */
export function checkAllowed(answers: ReadonlyMap<NodeName, unknown>): void {
  for (const [node, answer] of answers) if (isDenial(answer)) throw denied(node, answer);
}

/** For `catch`, of one node. */
export function orDenied(node: NodeName): (error: unknown) => never {
  return (error) => {
    throw isDenial(error) ? denied(node, error) : error;
  };
}

/** PLAN_REFUSED with the command, or USAGE where we are not let in at all. */
export function denied(node: NodeName, denial: Error): DrillError {
  const command = commandOf(denial);
  if (command === undefined || !/^(NOPERM|ERR)\b/.test(denial.message)) {
    return new DrillError('USAGE', `${node} does not let us in: ${denial.message}`, {
      hint: 'Does the target file name the right user, and where his password is?',
    });
  }
  return new DrillError('PLAN_REFUSED', `${node} denies us ${command}: ${denial.message}`, {
    hint: `Let the user of the target file call ${command} (ACL SETUSER … +${command.toLowerCase().replace(' ', '|')}).`,
  });
}

/** A setting that a node keeps to itself, where nothing else tells it. */
export function deniedSettings(node: NodeName, setting: string): DrillError {
  const why = 'CONFIG GET is denied (NOPERM) or hides it, and INFO does not show it';
  return new DrillError('PLAN_REFUSED', `${node} does not tell its ${setting}: ${why}`, {
    hint: 'Let the user of the target file call CONFIG GET (ACL SETUSER … +config|get).',
  });
}

/** ioredis hangs the command on the error. */
function commandOf(denial: Error): string | undefined {
  const { command } = denial as Error & { command?: { readonly name: string; readonly args: readonly unknown[] } };
  if (command === undefined) return undefined;
  const name = command.name.toUpperCase();
  const sub = CONTAINERS.has(name) ? ` ${String(command.args[0]).toUpperCase()}` : '';
  return `${name}${sub}`;
}

const CONTAINERS: ReadonlySet<string> = new Set(['ACL', 'CLIENT', 'CONFIG', 'SENTINEL']);
