// A target's services, read: also those of which nobody could be found.
import { describeError } from '../../core/error.ts';
import type { Target } from '../../targets/load.ts';
import type { CommandContext, Project } from '../context.ts';
import { connectTarget } from '../target.ts';
import { type ReadService, readServices } from './read.ts';

export interface ReadTarget {
  readonly target: Target;
  readonly services: readonly ReadService[];
}

export async function readTargetServices(
  name: string,
  { project, cx }: { readonly project: Project; readonly cx: CommandContext },
): Promise<ReadTarget> {
  await using opened = await connectTarget(name, project, cx);
  const read = await readServices(opened);
  const unfound = opened.unfound.flatMap(({ service, kind, error }): readonly ReadService[] => {
    const known = project.registry.services.get(kind);
    return known === undefined
      ? []
      : [{ name: service, service: known, state: undefined, untold: [describeError(error)] }];
  });
  return { target: opened.target, services: [...read, ...unfound] };
}
