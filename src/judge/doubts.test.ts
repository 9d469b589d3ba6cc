import { describe, expect, it } from 'vitest';
import { at, judgeRecorded, type RecordedRun, recordedKill, type Stamped, step } from '../../test/recorded-run.ts';

/** A run that passes, with events put in and taken out. */
async function judgeWith(added: readonly Stamped[], without: (event: Stamped) => boolean = () => false) {
  const run = recordedKill();
  run.events = [...run.events.filter((event) => !without(event)), ...added].sort((a, b) => a.atMs - b.atMs);
  return await judgeDoubts(run);
}

async function judgeDoubts(run: RecordedRun) {
  const { report, exit } = await judgeRecorded(run);
  const problems = report.problems.map(({ code, at: where }) => [code, where]);
  return { exit, verdict: report.verdict, status: report.status, problems };
}

function isStep(state: string) {
  return (event: Stamped): boolean => event.type === 'step' && event.state === state;
}

const inconclusive = { exit: 3, verdict: 'inconclusive' };

describe('a fault', () => {
  it('that threw was not proved', async () => {
    const error = { code: 'FAULT_NOT_PROVED', message: 'pid 12 is another process' } as const;
    const failed: Stamped = { ...step, state: 'failed', error, atMs: at.kill + 20 };
    const problem: Stamped = { type: 'problem', ...error, at: 'redis-1', atMs: at.kill + 21 };
    expect(await judgeWith([failed, problem], isStep('confirmed'))).toMatchObject({
      ...inconclusive,
      problems: [['FAULT_NOT_PROVED', 'redis-1']],
    });
    expect(await judgeWith([failed], isStep('confirmed'))).toMatchObject({
      ...inconclusive,
      problems: [['FAULT_NOT_PROVED', 'step kill']],
    });
  });

  it('that was called, and of which nothing was heard again, was not proved', async () => {
    const nothing = (event: Stamped): boolean => event.type === 'step' && event.state !== 'called';
    expect(await judgeWith([], nothing)).toMatchObject({
      ...inconclusive,
      problems: [['FAULT_NOT_PROVED', 'step kill']],
    });
  });

  it('that was not in any more at the end of its hold was not proved', async () => {
    const error = { code: 'FAULT_NOT_PROVED', message: 'a supervisor started it again' } as const;
    const failed: Stamped = { ...step, state: 'failed', error, atMs: at.revert - 10 };
    expect(await judgeWith([failed], isStep('ended'))).toMatchObject({
      ...inconclusive,
      problems: [['FAULT_NOT_PROVED', 'step kill']],
    });
  });

  it('has to be in the method', async () => {
    const { exit, verdict, problems } = await judgeWith([], ({ type }) => type === 'step');
    expect([exit, verdict, problems]).toEqual([3, 'inconclusive', [['FAULT_NOT_PROVED', undefined]]]);
  });

  it('that could not be undone is a matter of ours', async () => {
    const error = { code: 'CLUSTER_FAILED', message: 'it does not start' } as const;
    const stuck: Stamped = { ...step, state: 'revertFailed', error, atMs: at.revert + 200 };
    const told: Stamped = { type: 'problem', code: 'UNDO_FAILED', message: 'it does not start', atMs: at.revert + 201 };
    const notBack = (event: Stamped): boolean => isStep('reverted')(event) || event.type === 'steadyAgain';
    const { exit, verdict, problems } = await judgeWith([stuck, told], notBack);
    expect([exit, verdict, problems]).toEqual([6, 'inconclusive', [['UNDO_FAILED', undefined]]]);
    expect((await judgeWith([stuck], notBack)).problems).toEqual([['UNDO_FAILED', 'step kill']]);
  });
});

describe('another step', () => {
  it('that failed casts doubt', async () => {
    const wait = { type: 'step', step: 'moved', verb: 'waitFor', kind: 'redis.topology', targets: [] } as const;
    const error = { code: 'STEADY_STATE_ABSENT', message: 'waited 20.00 s in vain' } as const;
    const events: Stamped[] = [
      { ...wait, state: 'called', atMs: 13_000 },
      { ...wait, state: 'failed', error, atMs: 14_000 },
    ];
    expect(await judgeWith(events)).toMatchObject({
      ...inconclusive,
      problems: [['STEADY_STATE_ABSENT', 'step moved']],
    });
  });

  it('that was never come to casts doubt, when nothing says why', async () => {
    const run = recordedKill();
    const [kill] = run.drill.method;
    if (kill === undefined) throw new Error('there is one');
    const pause = { verb: 'pause', name: 'pause', ms: 100, position: kill.position } as const;
    run.drill = { ...run.drill, method: [kill, pause] };
    expect(await judgeDoubts(run)).toMatchObject({ ...inconclusive, problems: [['INTERRUPTED', 'step pause']] });
  });
});

describe('a Sentinel in TILT', () => {
  const tilt = (mark: '+tilt' | '-tilt', atMs: number, source = 'sentinel-2'): Stamped => {
    return { type: 'mark', mark, source, detail: '#tilt mode', atMs };
  };

  it('casts doubt, each that was', async () => {
    const marks = [
      tilt('+tilt', 9000),
      tilt('-tilt', 12_000),
      tilt('+tilt', 9000, 'sentinel-3'),
      tilt('+tilt', 13_000),
    ];
    expect(await judgeWith(marks)).toMatchObject({
      ...inconclusive,
      problems: [
        ['NOT_TRUSTED', 'sentinel-2'],
        ['NOT_TRUSTED', 'sentinel-3'],
      ],
    });
  });

  it('does so when it still was at the gate, and not when it was over by then', async () => {
    expect(await judgeWith([tilt('+tilt', 100)])).toMatchObject(inconclusive);
    expect(await judgeWith([tilt('+tilt', 100), tilt('-tilt', at.warmUp + 1)])).toMatchObject(inconclusive);
    expect(await judgeWith([tilt('+tilt', 100), tilt('-tilt', 900)])).toMatchObject({ exit: 0, verdict: 'passed' });
  });

  it('was meant when a fault made it stand still, and only then', async () => {
    const fault = (kind: string): readonly Stamped[] => {
      const paused = { ...step, step: 'stand-still', kind, targets: ['sentinel-2'] };
      const evidence = { summary: 'it does not answer', facts: {} };
      return [
        { ...paused, state: 'called', atMs: 13_000 },
        { ...paused, state: 'confirmed', evidence, atMs: 13_010 },
        { ...paused, state: 'revertCalled', atMs: 14_000 },
        { ...paused, state: 'reverted', evidence, atMs: 14_010 },
      ];
    };
    const judged = async (kind: string, ...marks: Stamped[]) => (await judgeWith([...fault(kind), ...marks])).verdict;
    expect(await judged('process.pause', tilt('+tilt', 14_050))).toBe('passed');
    expect(await judged('process.pause', tilt('+tilt', 7000))).toBe('inconclusive');
    expect(await judged('process.pause', tilt('+tilt', 14_050, 'sentinel-1'))).toBe('inconclusive');
    expect(await judged('network.partition', tilt('+tilt', 14_050))).toBe('inconclusive');
  });
});

describe('a run that ended early', () => {
  const ending = (status: 'aborted' | 'interrupted'): Stamped => ({ type: 'end', status, removed: true, atMs: at.end });
  const ended = ({ type }: Stamped): boolean => type === 'end';

  it('because a stop condition was met was aborted', async () => {
    const stop: Stamped = {
      type: 'stop',
      condition: 'two primaries',
      because: 'expected at most 1, was 2',
      atMs: 9000,
    };
    const { exit, verdict, status, problems } = await judgeWith([stop, ending('aborted')], ended);
    expect({ exit, verdict, status, problems }).toEqual({
      exit: 5,
      verdict: 'inconclusive',
      status: 'aborted',
      problems: [['STOP_CONDITION', undefined]],
    });
    expect((await judgeWith([ending('aborted')], ended)).problems).toEqual([['INTERRUPTED', undefined]]);
  });

  it('because somebody interrupted it proves nothing, and exits so', async () => {
    expect(await judgeWith([ending('interrupted')], ended)).toMatchObject({
      exit: 130,
      verdict: 'inconclusive',
      status: 'interrupted',
      problems: [['INTERRUPTED', undefined]],
    });
  });

  it('without a word, because its runner died, is a broken journal, and nobody knows what is left', async () => {
    const { exit, verdict, status, problems } = await judgeWith(
      [],
      ({ type }) => type === 'end' || type === 'restored',
    );
    expect({ exit, verdict, status, problems }).toEqual({
      exit: 4,
      verdict: 'inconclusive',
      status: 'interrupted',
      problems: [['JOURNAL_FAILED', undefined]],
    });
  });

  it('is not failed for what it had no time for', async () => {
    const run = recordedKill('\n  - { assert: rto, of: writes, since: kill, with: { atMost: 10s } }');
    const writes = run.operations['writes'] ?? [];
    run.operations['writes'] = writes.filter(({ sentMs }) => sentMs < at.kill + 2000);
    run.events = run.events.filter(({ type, atMs }) => type === 'step' && atMs < at.revert - 10);
    run.events.push({ ...step, state: 'revertCalled', atMs: at.kill + 2000 }, ending('interrupted'));
    const { report, finding } = await judgeRecorded(run);
    expect([report.verdict, finding('rto').verdict]).toEqual(['inconclusive', 'inconclusive']);
  });

  it('before the fault says why', async () => {
    const gateFailed: Stamped = {
      type: 'problem',
      code: 'STEADY_STATE_ABSENT',
      message: 'the steady state was not there before the fault',
      atMs: 1400,
    };
    const later = ({ type, atMs }: Stamped): boolean => atMs > 1400 && type !== 'end';
    expect(await judgeWith([gateFailed], later)).toMatchObject({
      ...inconclusive,
      problems: [['STEADY_STATE_ABSENT', undefined]],
    });
    expect(await judgeWith([], later)).toMatchObject({ ...inconclusive, problems: [['INTERRUPTED', undefined]] });
  });
});

describe('what was told', () => {
  it('is told once, and at every place', async () => {
    const problem = (where: string): Stamped => {
      return { type: 'problem', code: 'TOOL_BROKEN', message: 'no answer', at: where, atMs: 9000 };
    };
    const { exit, problems } = await judgeWith([problem('link a'), problem('link a'), problem('link b')]);
    expect([exit, problems]).toEqual([
      6,
      [
        ['TOOL_BROKEN', 'link a'],
        ['TOOL_BROKEN', 'link b'],
      ],
    ]);
  });
});
