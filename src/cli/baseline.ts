import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { DrillError } from '../core/error.ts';
import { recordBaseline } from './baseline/record.ts';
import { type CommandContext, openProject, print, printJson } from './context.ts';
import { readTargetServices } from './predict/read-target.ts';

export interface BaselineOptions {
  readonly config?: string;
  readonly target: string;
  readonly write?: string;
}

/**
 * Records what a target is set to, and what is predicted of it, without any secret. Changes nothing there. What is not whole
 * is not recorded: it would hide drift. Then 3.
 */
export async function baseline(options: BaselineOptions, cx: CommandContext): Promise<number> {
  const project = await openProject(options.config, cx);
  const { target, services } = await readTargetServices(options.target, { project, cx });
  const untold = services.flatMap(({ name, untold: own }) => own.map((text) => `${name}: ${text}`));
  if (untold.length > 0) {
    throw new DrillError('NOT_TRUSTED', `a baseline of this would not be whole:\n${untold.join('\n')}`, {
      hint: 'firedrill predict says what can be told of the rest.',
    });
  }
  const whole = services.flatMap(({ name, service, state }) => (state === undefined ? [] : [{ name, service, state }]));
  const recorded = recordBaseline({ target: target.name, environment: target.environment, at: new Date() }, whole);
  if (options.write === undefined) {
    printJson(cx, recorded);
    return 0;
  }
  const file = resolve(cx.cwd, options.write);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(recorded, null, 2)}\n`);
  print(cx, `${options.write}: ${Object.keys(recorded.services).join(', ')}, as ${target.name} is now.`);
  return 0;
}
