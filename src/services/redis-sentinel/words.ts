import type { ServiceView } from '../../core/cluster.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ServiceWord } from '../../core/kinds.ts';

function withRole(role: string): ServiceWord['resolve'] {
  return (view) =>
    Object.entries(view.roles)
      .filter(([, roles]) => roles.includes(role))
      .map(([node]) => node);
}

/** The node on which an agreed primary stands, as the Sentinels say, even while it does not answer. */
function primary(view: ServiceView): readonly string[] {
  const named = (view.facts as JsonObject)['primary'];
  return typeof named === 'string' ? [named] : [];
}

export const WORDS: Readonly<Record<string, ServiceWord>> = {
  'redis-primary': { summary: 'the Redis node that more than half of the Sentinels name as primary', resolve: primary },
  'redis-replicas': { summary: 'every Redis node that is a replica now', resolve: withRole('redis-replica') },
  'redis-nodes': { summary: 'every Redis node', resolve: withRole('redis') },
  sentinels: { summary: 'every Sentinel', resolve: withRole('sentinel') },
};
