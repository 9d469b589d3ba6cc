// Whether the cluster lets us do what the drill needs: asked of each service in its own way, and nothing of it done.
import type { DryRunItem } from '../../core/dry-run.ts';
import type { LiveContext } from '../../core/kinds.ts';
import { rightsOf, type ServiceRight } from '../rights.ts';
import type { DryRunRequest } from './dry-run.ts';

const STANDINGS = { allowed: 'proved', refused: 'refused', unknown: 'cannotProve' } as const;

export async function checkRights(
  { plan }: Pick<DryRunRequest, 'plan'>,
  cx: LiveContext,
): Promise<readonly DryRunItem[]> {
  const rights = rightsOf(plan);
  const answers = [...plan.services.keys()].map((name) =>
    checkIn(
      name,
      rights.filter(({ service }) => service === name),
      { plan, cx },
    ),
  );
  return (await Promise.all(answers)).flat();
}

async function checkIn(
  name: string,
  rights: readonly ServiceRight[],
  { plan, cx }: { readonly plan: DryRunRequest['plan']; readonly cx: LiveContext },
): Promise<readonly DryRunItem[]> {
  const service = plan.services.get(name);
  const unknown = (because: string): readonly DryRunItem[] =>
    rights.map((right) => ({ about: 'right', right, nodes: [], standing: 'cannotProve', because }));
  if (service?.checkRights === undefined)
    return unknown(`${service?.kind ?? name} cannot be asked what its user may do`);
  try {
    const answers = await service.checkRights(name, rights, cx);
    return rights.map((right, at): DryRunItem => {
      const { state = 'unknown', nodes = [], because = 'it was not answered' } = answers[at] ?? {};
      const item = { about: 'right', right, nodes, standing: STANDINGS[state] } as const;
      return state === 'allowed' ? item : { ...item, because };
    });
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}
