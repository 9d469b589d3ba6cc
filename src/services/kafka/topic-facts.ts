// Topics as hazards are judged on them: partitions of the view, and settings that were read back.
import type { HazardQuestion } from '../../core/kinds.ts';
import { factsOf, isInternal, ownFirst, type PartitionFacts, topicOf } from './facts.ts';

export interface Topic {
  readonly name: string;
  readonly internal: boolean;
  readonly partitions: readonly PartitionFacts[];
  /** Of the partition that has the fewest. */
  readonly replicationFactor: number;
  /** As it works: never more than there are replicas. Undefined = nobody said it. */
  readonly minIsr: number | undefined;
  readonly unclean: boolean | undefined;
}

export function topicsOf({ view, settings }: Pick<HazardQuestion, 'view' | 'settings'>): readonly Topic[] {
  const facts = factsOf(view);
  const { internal } = facts;
  const told = (settings as { readonly topics?: Readonly<Record<string, Config | null>> } | null)?.topics ?? {};
  return [...Map.groupBy(ownFirst(facts), ([unit]) => topicOf(unit))].map(([name, own]): Topic => {
    const minIsr = numberFrom(told[name]?.['min.insync.replicas'] ?? internal[name]?.minIsr);
    const unclean = told[name]?.['unclean.leader.election.enable'] ?? internal[name]?.unclean ?? undefined;
    const replicationFactor = Math.min(...own.map(([, { replicas }]) => replicas.length));
    return {
      name,
      internal: isInternal(name),
      partitions: own.map(([, partition]) => partition),
      replicationFactor,
      minIsr: minIsr === undefined ? undefined : Math.min(minIsr, replicationFactor),
      unclean: unclean === undefined ? undefined : String(unclean) === 'true',
    };
  });
}

type Config = Readonly<Record<string, string | number | boolean | null>>;

function numberFrom(value: string | number | boolean | null | undefined): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}
