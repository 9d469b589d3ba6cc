import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../core/journal.ts';
import type { Reporter } from '../core/kinds.ts';
import { createMultiplexer, type Multiplexer } from './multiplexer.ts';
import { invocationInfo, runInfo } from './testing/infos.ts';
import { sampleReports } from './testing/reports.ts';

const { passed } = sampleReports;
const event: JournalEvent = { type: 'end', status: 'completed', atMs: 1 };

async function wholeInvocation(all: Multiplexer): Promise<void> {
  await all.onInvocationStart(invocationInfo('reports', 1));
  await all.onRunStart(runInfo(passed, 'reports'));
  all.onProgress('a line');
  all.onEvent(event);
  all.onEvent(event);
  await all.onRunEnd(passed, runInfo(passed, 'reports'));
  await all.onInvocationEnd([passed], invocationInfo('reports', 1));
}

/** Writes down which of its hooks was called. */
function witness(calls: string[], name = 'witness'): Reporter {
  return {
    name,
    onInvocationStart: () => void calls.push(`${name} onInvocationStart`),
    onRunStart: () => void calls.push(`${name} onRunStart`),
    onProgress: () => void calls.push(`${name} onProgress`),
    onEvent: () => void calls.push(`${name} onEvent`),
    onRunEnd: () => void calls.push(`${name} onRunEnd`),
    onInvocationEnd: () => void calls.push(`${name} onInvocationEnd`),
  };
}

const everything = [
  'onInvocationStart',
  'onRunStart',
  'onProgress',
  'onEvent',
  'onEvent',
  'onRunEnd',
  'onInvocationEnd',
];

function failing(): never {
  throw new Error('broken');
}

/** Fits where nothing is to be returned, as far as types go. */
const rejecting = (async () => failing()) as () => void;

describe('the multiplexer', () => {
  it('calls every reporter, in the order of the list', async () => {
    const calls: string[] = [];
    await wholeInvocation(createMultiplexer([witness(calls, 'a'), { name: 'none' }, witness(calls, 'b')], failing));
    expect(calls).toEqual(everything.flatMap((hook) => [`a ${hook}`, `b ${hook}`]));
  });

  const broken: [string, Reporter][] = [
    [
      'throws',
      {
        name: 'bad',
        onInvocationStart: failing,
        onRunStart: failing,
        onProgress: failing,
        onEvent: failing,
        onRunEnd: failing,
        onInvocationEnd: failing,
      },
    ],
    [
      'rejects, where it may and where it may not',
      {
        name: 'bad',
        onInvocationStart: rejecting,
        onRunStart: rejecting,
        onProgress: rejecting,
        onEvent: rejecting,
        onRunEnd: rejecting,
        onInvocationEnd: rejecting,
      },
    ],
  ];
  it.each(broken)('keeps a reporter that %s from everybody else, and remembers it', async (_, bad) => {
    const calls: string[] = [];
    const told: string[] = [];
    const all = createMultiplexer([bad, witness(calls)], (reporter, error) =>
      told.push(`${reporter}: ${String(error)}`),
    );
    await wholeInvocation(all);
    expect(calls).toEqual(everything.map((hook) => `witness ${hook}`));
    const hooks = all
      .failures()
      .map(({ reporter, hook, count, error }) => `${reporter} ${hook} ${count} ${String(error)}`);
    const expected = [...new Set(everything)].map((hook) => `bad ${hook} ${hook === 'onEvent' ? 2 : 1} Error: broken`);
    expect(new Set(hooks)).toEqual(new Set(expected));
    expect(told).toEqual(Array.from({ length: 6 }, () => 'bad: Error: broken'));
  });

  it('does not wait for ever', async () => {
    const calls: string[] = [];
    const hanging: Reporter = { name: 'hanging', onRunEnd: () => new Promise(() => {}) };
    const all = createMultiplexer([hanging, witness(calls)], () => {}, 20);
    await all.onRunEnd(passed, runInfo(passed, 'reports'));
    expect(calls).toEqual(['witness onRunEnd']);
    expect(all.failures().map(({ error }) => String(error))).toEqual(['Error: did not finish within 0.02 s']);
  });

  it('survives whoever is told of a failure', async () => {
    const all = createMultiplexer([{ name: 'bad', onRunStart: failing }], failing);
    await all.onRunStart(runInfo(passed, 'reports'));
    expect(all.failures()).toHaveLength(1);
  });

  it('has nothing to say when all went well', async () => {
    const all = createMultiplexer([witness([])], failing);
    await wholeInvocation(all);
    expect(all.failures()).toEqual([]);
  });
});
