// How the nodes of somebody's own cluster can be stopped and started, as a target file says it. Plain data: it goes into the
// handle, so that another process can undo with it.
import { z } from 'zod';
import { duration } from './units.ts';

const words = z.array(z.string().min(1)).min(1);

/** One command, or several that are run one after the other. Arguments are handed over as arguments: no shell is involved. */
const commands = z
  .union([words, z.array(words).min(1)], 'expected a list: the program and its arguments; or a list of such lists')
  .transform((given): readonly (readonly string[])[] => (isSeveral(given) ? given : [given]));

function isSeveral(given: readonly string[] | readonly (readonly string[])[]): given is readonly (readonly string[])[] {
  return Array.isArray(given[0]);
}

const pattern = z.string().min(1).refine(isPattern, 'expected a regular expression');

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

const status = z.strictObject({
  run: words.describe('prints what the node is now, and something else for every process that it ever was'),
  gone: pattern.describe('regular expression: what it prints while the node does not run'),
  paused: pattern.optional().describe('regular expression: what it prints while the node is suspended'),
});

const byCommand = z.strictObject({
  by: z.literal('command'),
  kill: commands.optional().describe('ends the process at once'),
  stop: commands.optional().describe('stops it as an administrator does'),
  start: commands.optional().describe('starts it again'),
  pause: commands.optional().describe('suspends it (SIGSTOP)'),
  resume: commands.optional().describe('lets it go on'),
  status: status.optional().describe('what it is; without it, only whether its port answers is known'),
  timeout: duration().prefault('30s').describe('how long each command may take'),
  words: z
    .record(z.string(), z.record(z.string(), z.string()))
    .default({})
    .describe(
      'role, or address of a node → what stands for {name} in the commands; {host}, {port}, {node} and {role} are known',
    ),
});

const byDocker = z.strictObject({
  by: z.literal('docker'),
  containers: z.record(z.string(), z.string().min(1)).describe('address of a node → name of its container'),
  engine: z
    .string()
    .optional()
    .describe('tcp://host:port or unix:///path; without it, DOCKER_HOST or the usual socket'),
});

export const controlSchema = z.discriminatedUnion(
  'by',
  [z.strictObject({ by: z.literal('none') }), byCommand, byDocker],
  'expected a map with by: none, command or docker',
);

export type Control = z.output<typeof controlSchema>;
export type CommandControl = z.output<typeof byCommand>;
export type DockerControl = z.output<typeof byDocker>;

/**
 * What a target file lets us do to the nodes of a service. A node that can be ended has to be one that can be started again,
 * and one that is suspended has to be told from one that runs.
 */
export function offeredBy(control: Control): ReadonlySet<'lifecycle' | 'pausing'> {
  if (control.by === 'none') return new Set();
  if (control.by === 'docker') return new Set(['lifecycle', 'pausing']);
  const { kill, stop, start, pause, resume, status } = control;
  const canEnd = start !== undefined && (kill !== undefined || stop !== undefined);
  const canPause = pause !== undefined && resume !== undefined && status?.paused !== undefined;
  return new Set([...(canEnd ? (['lifecycle'] as const) : []), ...(canPause ? (['pausing'] as const) : [])]);
}
