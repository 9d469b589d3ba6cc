// Whether what a target file has nodes controlled with is here at all: said before anything is done to a node.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DrillError, type Problem } from '../core/error.ts';
import { formatProblems } from '../drill/problems.ts';
import type { Target } from '../targets/load.ts';
import { findOnPath, isExecutable } from '../toolchain/command.ts';

/** Throws PLAN_REFUSED with each program that is not there, or may not be executed, at its place in the file. */
export function checkPrograms(
  { programs }: Pick<Target, 'programs'>,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const problems = programs.flatMap(({ name, act, at }): readonly Problem[] => {
    const why = whyNot(name, env);
    return why === undefined ? [] : [{ ...at, message: `the program for ${act} ${why}` }];
  });
  if (problems.length === 0) return;
  throw new DrillError('PLAN_REFUSED', `what is to control the nodes is not here:\n${formatProblems(problems)}`, {
    hint: 'Mend the path in the target file, or install the program; nothing has been done.',
  });
}

/** Looked up as it is when it is run: a path from where we are, and a name on PATH. */
function whyNot(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (!name.includes('/')) return findOnPath(name, env) === undefined ? `is not on PATH: ${name}` : undefined;
  const path = resolve(name);
  if (isExecutable(path)) return undefined;
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return `does not exist: ${path}`;
  return there.isFile() ? `may not be executed: ${path}` : `is no file: ${path}`;
}
