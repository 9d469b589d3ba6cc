import { z } from 'zod';
import type { Journal, JournalEvent, MarkEvent } from '../core/journal.ts';
import type { Assertion } from '../core/kinds.ts';
import { workloadOfMember } from '../core/node.ts';
import type { Finding } from '../core/report.ts';
import { formatMs } from '../core/units.ts';
import type { Window } from '../measure/windows.ts';
import { eachOf, finding, noData } from './finding.ts';
import { noWindow, windowFor } from './window.ts';

const params = z.strictObject({
  atMost: z.number().int().nonnegative().default(0).describe('how often the group may rebalance'),
});

type Join = JournalEvent & MarkEvent;

/** Every member joins again when its group rebalances: the one that joined most often tells how often that was. */
export const rebalances: Assertion<z.output<typeof params>> = {
  kind: 'rebalances',
  summary: 'A consumer group does not rebalance more often than it may',
  params,
  example: { of: 'writes', during: 'kill', with: { atMost: 1 } },
  says: 'how often the members had to join again, and when',
  takes: ['of', 'during', 'since'],
  requires: ['of'],
  check: ({ atMost }, cx) => {
    const expected = `${atMost === 0 ? 'no rebalance' : `at most ${atMost} ${atMost === 1 ? 'rebalance' : 'rebalances'}`}`;
    const window = windowFor(cx);
    if (window === undefined) return noWindow(expected, cx);
    return eachOf(cx.spec.of, expected, (name) => one(name, { atMost, expected, window, journal: cx.journal }));
  },
};

interface Terms {
  readonly atMost: number;
  readonly expected: string;
  readonly window: Window;
  readonly journal: Journal;
}

function one(workload: string, { atMost, expected, window, journal }: Terms): Finding {
  const joins = journal.events.filter(
    (event): event is Join =>
      event.type === 'mark' && event.mark === 'consumer joined' && workloadOfMember(event.source) === workload,
  );
  if (joins.length === 0)
    return noData(expected, `no member of ${workload} told of joining a group: ask kafka.group for its epoch`);
  const inside = joins.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs);
  const most = [...Map.groupBy(inside, ({ source }) => source).values()].reduce<readonly Join[]>(
    (a, b) => (b.length > a.length ? b : a),
    [],
  );
  const times = most.map(({ atMs }) => formatMs(atMs - window.fromMs)).join(', ');
  const actual = most.length === 0 ? `none ${window.what}` : `${most.length}, as ${most[0]?.source} joined again`;
  return finding(most.length > atMost ? 'failed' : 'passed', {
    expected,
    actual,
    because: most.length === 0 ? '' : `${times} after the begin; last it ${most.at(-1)?.detail}`,
    data: { workload, count: most.length, atMs: most.map(({ atMs }) => atMs) },
  });
}
