import { type CommandContext, openProject, print, printJson } from './context.ts';
import { readExpected } from './drift/expected.ts';
import { reportDrift } from './drift/report.ts';
import { renderDrift } from './drift/text.ts';
import { widthOf } from './labelled.ts';
import { readTargetServices } from './predict/read-target.ts';

export interface DriftOptions {
  readonly config?: string;
  readonly target: string;
  readonly against?: string;
  readonly json?: boolean;
}

/**
 * Holds a target against a baseline, or against what a drill is proved with. Changes nothing. 0 = no drift, 1 = drift, 3 when
 * none was found and not everything could be told.
 */
export async function drift(options: DriftOptions, cx: CommandContext): Promise<number> {
  const project = await openProject(options.config, cx);
  const expected = await readExpected(options.against, options.target, { project, cx });
  const { target, services } = await readTargetServices(options.target, { project, cx });
  const report = reportDrift({ target: target.name, environment: target.environment, expected }, services);
  if (options.json === true) printJson(cx, report);
  else print(cx, ...renderDrift(report, widthOf(cx)), '', report.drifted ? 'Drift.' : 'No drift.');
  if (report.drifted) return 1;
  return report.complete ? 0 : 3;
}
