// The programs that a target file has nodes controlled with: which there are, and where it names them.
import type { Position } from '../core/drill.ts';
import { child, type Tree } from '../drill/tree.ts';

export interface ControlProgram {
  /** As it is written: a path, or a name to be found on PATH. */
  readonly name: string;
  /** `kill`, `start`, `status`, … */
  readonly act: string;
  readonly at: Position;
}

/** Of one service. What has a `{word}` in it is another program for every node, and is left out. */
export function programsIn(service: Tree): readonly ControlProgram[] {
  const control = child(service, 'control');
  if (control?.type !== 'map') return [];
  return [...control.entries].flatMap(([act, { value }]) =>
    commandsIn(act === 'status' ? child(value, 'run') : value).flatMap((command): readonly ControlProgram[] => {
      const program = child(command, 0);
      if (program?.type !== 'scalar' || typeof program.value !== 'string' || program.value.includes('{')) return [];
      return [{ name: program.value, act, at: program.at }];
    }),
  );
}

/** One list of words, or several such lists. */
function commandsIn(value: Tree | undefined): readonly Tree[] {
  if (value?.type !== 'list') return [];
  return value.items[0]?.type === 'list' ? value.items : [value];
}
