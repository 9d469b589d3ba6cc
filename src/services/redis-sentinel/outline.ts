import type { ServiceView } from '../../core/cluster.ts';
import type { ServiceOutline } from '../../core/kinds.ts';
import { factsOf, nodesWith, votersOf } from './facts.ts';

export function outline(view: ServiceView): ServiceOutline {
  const { silent, versions, primary, inStep, untold } = factsOf(view);
  return {
    silent,
    versions,
    counts: {
      replicas: nodesWith(view, 'redis').filter((node) => node !== primary).length,
      ...(untold.length === 0 ? { 'replicas in step': inStep.length } : {}),
      Sentinels: votersOf(view),
    },
    holds: {},
  };
}
