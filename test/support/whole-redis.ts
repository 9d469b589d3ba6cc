// Whether a Redis under Sentinels is as it should be.
import { answered, primaryOf, replicasInStep, type TopologyFacts } from '../../src/clients/redis-topology.ts';

/** One primary, all others in step with it, and Sentinels that know everybody. */
export function isWhole(facts: TopologyFacts): boolean {
  const primary = primaryOf(facts);
  const replicas = facts.redis.size - 1;
  const sentinels = answered(facts.sentinels);
  return (
    replicasInStep(facts, primary).length === replicas &&
    sentinels.length === facts.sentinels.size &&
    sentinels.every(
      ([, each]) =>
        each.primary === primary && each.otherSentinels === sentinels.length - 1 && each.replicas === replicas,
    )
  );
}
