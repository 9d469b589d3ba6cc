// A watch of one kind of service, wherever it is: what is said of its rights without asking anybody.
import type { Drill } from '../../core/drill.ts';
import type { Registry } from '../../core/kinds.ts';
import { type DrillTarget, parseDrill } from '../../drill/load.ts';
import { standardDocument } from '../watch/standard.ts';
import { FOR_EVER_MS } from '../watch/terms.ts';
import { watchOf } from '../watch/watch-drill.ts';

/** How many there are does not matter to rights. */
export const SOME_NODES = 3;

export interface WatchAnywhere {
  readonly registry: Registry;
  readonly attachTo: DrillTarget;
  readonly writes: boolean;
}

/** Pure. Throws USAGE for a kind that nobody knows how to watch. */
export function watchOfKind(kind: string, { registry, attachTo, writes }: WatchAnywhere): Drill {
  const document = standardDocument(`What happens in ${kind}`, [{ name: kind, kind, dataNodes: SOME_NODES }]);
  const { drill } = parseDrill(JSON.stringify(document), `watch-${kind}`, { registry, target: attachTo });
  return watchOf(drill, registry, { forMs: FOR_EVER_MS, writes });
}
