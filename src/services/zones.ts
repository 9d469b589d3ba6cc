import type { ServiceView } from '../core/cluster.ts';
import type { FailureCase, Zones } from '../core/kinds.ts';

/** Each zone that nodes of the service are in, with all of them that are. */
export function casesByZone(view: ServiceView, zones: Zones): readonly FailureCase[] {
  const placed = Object.keys(view.roles).flatMap((node) => {
    const zone = zones[node];
    return zone === undefined || zone === '' ? [] : [{ node, zone }];
  });
  return [...Map.groupBy(placed, ({ zone }) => zone)]
    .map(([zone, nodes]) => ({ who: `zone ${zone}`, targets: nodes.map(({ node }) => node) }))
    .toSorted((a, b) => (a.who < b.who ? -1 : 1));
}
