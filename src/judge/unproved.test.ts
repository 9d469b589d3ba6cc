// Never a false pass: what is missing or damaged makes a run inconclusive.
import { appendFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  at,
  header,
  judgeRecorded,
  operationsWith,
  type RecordedRun,
  recordedKill,
  refused,
  step,
} from '../../test/recorded-run.ts';
import { encodeHeader } from '../journal/ops-format.ts';

const down = { downFromMs: at.kill, downToMs: at.back };

describe('without data nothing is proved', () => {
  async function unproved(run: RecordedRun, name: string, spoil?: (dir: string) => Promise<void>): Promise<string> {
    const { report, exit, finding } = await judgeRecorded(run, spoil);
    expect({ exit, verdict: report.verdict, finding: finding(name).verdict }).toEqual({
      exit: report.problems.some(({ code }) => code === 'JOURNAL_FAILED') ? 6 : 3,
      verdict: 'inconclusive',
      finding: 'inconclusive',
    });
    return finding(name).because;
  }

  it('of lost writes: nothing was read back', async () => {
    const run = recordedKill();
    run.copies = {};
    expect(await unproved(run, 'rpo')).toMatch(/not read back/);
  });

  it('of lost writes: the copy that counts is missing', async () => {
    const run = recordedKill();
    run.copies = { writes: (run.copies['writes'] ?? []).filter(({ authoritative }) => !authoritative) };
    expect(await unproved(run, 'rpo')).toMatch(/not read back/);
  });

  it('of lost writes: the file of what was read back is cut off', async () => {
    const cut = (dir: string): Promise<void> => truncate(join(dir, 'ops', 'writes.read.ndjson'), 300);
    expect(await unproved(recordedKill(), 'rpo', cut)).toMatch(/not read back/);
  });

  it('of lost writes: there is something that nobody wrote', async () => {
    const run = recordedKill();
    for (const copy of run.copies['writes'] ?? []) copy.values.push(777_777);
    expect(await unproved(run, 'rpo')).toMatch(/1 writes are there that writes never sent/);
  });

  it('of lost writes: what was refused is there', async () => {
    const run = recordedKill();
    for (const copy of run.copies['writes'] ?? []) copy.values.splice(550, 0, 550);
    expect(await unproved(run, 'rpo')).toMatch(/refused/);
  });

  it('of lost writes: a stale copy, one node does not have what the others have', async () => {
    const run = recordedKill();
    const stale = run.copies['writes']?.at(-1);
    if (stale !== undefined) stale.values = stale.values.slice(0, -30);
    expect(await unproved(run, 'rpo')).toMatch(/1 copies on other nodes differ/);
  });

  it('of a probe that was never read while the fault was in', async () => {
    const run = recordedKill();
    run.events = run.events.filter((event) => event.type !== 'probe' || event.atMs < at.kill);
    expect(await unproved(run, 'split-brain')).toMatch(/not read/);
  });

  it('of a probe that failed for a while', async () => {
    const run = recordedKill();
    for (const event of run.events) {
      if (event.type === 'probe' && event.startedMs >= 8000 && event.startedMs < 10_000)
        Object.assign(event, { value: undefined, error: 'no answer within 400 ms' });
    }
    expect(await unproved(run, 'split-brain')).toMatch(/nothing was read for 2.\d\d s.*no answer within 400 ms/);
  });

  it('of a limit that lies in the error of the measurement', async () => {
    const run = recordedKill('\n  - { assert: rto, of: writes, since: kill, with: { atMost: 6s } }');
    expect(await unproved(run, 'rto')).toMatch(/within the error/);
  });

  it('of a workload that stopped while the fault was in, without a word', async () => {
    const run = recordedKill('\n  - { assert: rto, of: writes, since: kill, with: { atMost: 10s } }');
    run.operations['writes'] = operationsWith(down).filter(({ sentMs }) => sentMs < at.kill + 2000);
    expect(await unproved(run, 'rto')).not.toBe('');
  });

  it.each([
    ['for longer than the limit', '4s', at.kill + 5000],
    ['until it was taken out', '20s', at.revert + 1000],
  ])('of a workload that asked nothing while the fault was in: %s', async (_, limit, untilMs) => {
    const run = recordedKill(`\n  - { assert: rto, of: writes, since: kill, with: { atMost: ${limit} } }`);
    const busy = operationsWith({ downFromMs: 0, downToMs: 0 });
    run.operations['writes'] = busy.filter(({ sentMs }) => sentMs < at.kill || sentMs > untilMs);
    expect(await unproved(run, 'rto')).not.toBe('');
  });

  it('of a workload that asked nothing more in the outage until the fault was taken out', async () => {
    const run = recordedKill('\n  - { assert: rto, of: writes, since: kill, with: { atMost: 5s } }');
    const writes = operationsWith({ downFromMs: at.kill, downToMs: at.revert });
    run.operations['writes'] = writes.filter(({ sentMs }) => sentMs < at.kill + 2000 || sentMs > at.revert + 500);
    expect(await unproved(run, 'rto')).not.toBe('');
  });

  it('when the record of operations has a damaged line', async () => {
    const spoil = (dir: string): Promise<void> => appendFile(join(dir, 'ops', 'writes.ndjson'), '[1,2,3\n');
    const { report, exit } = await judgeRecorded(recordedKill(), spoil);
    expect(report.verdict).toBe('inconclusive');
    expect(exit).toBe(6);
    expect(report.problems).toMatchObject([{ code: 'JOURNAL_FAILED', at: 'workload writes' }]);
  });

  it.each([
    ['there is no record of operations', (dir: string) => rm(join(dir, 'ops', 'writes.ndjson'))],
    ['the record of operations is empty', (dir: string) => writeFile(join(dir, 'ops', 'writes.ndjson'), '')],
    ['nothing was attempted', (dir: string) => writeFile(join(dir, 'ops', 'writes.ndjson'), encodeHeader(header))],
  ])('when %s', async (_, spoil) => {
    const { report, exit, finding } = await judgeRecorded(recordedKill(), spoil);
    expect(report.verdict).toBe('inconclusive');
    expect([3, 6]).toContain(exit);
    for (const name of ['rto', 'rpo', 'availability']) expect(finding(name).verdict).toBe('inconclusive');
    expect(report.problems).toMatchObject([{ at: 'workload writes' }]);
  });

  it('of a workload that never connected', async () => {
    const run = recordedKill();
    const never = operationsWith(down).map((op) => ({ ...op, ...refused(op.sentMs) }));
    run.operations['writes'] = never.map((op) => ({ ...op, outcome: 'failed' as const }));
    run.copies = { writes: [{ from: 'redis-2', authoritative: true, values: [] }] };
    const { report, exit, finding } = await judgeRecorded(run);
    expect(exit).toBe(3);
    for (const name of ['rto', 'rpo', 'availability', 'ordering', 'duplicates', 'predicted'])
      expect([name, finding(name).verdict]).toEqual([name, 'inconclusive']);
    expect(report.problems).toMatchObject([{ code: 'WORKLOAD_FAILED', at: 'workload writes' }]);
  });

  it('of what rests on a fault without evidence, whatever was seen: it is told as such, with the reason', async () => {
    const run = recordedKill();
    const error = { code: 'FAULT_NOT_PROVED', message: 'redis-1 goes on' } as const;
    run.events = run.events.map((event) =>
      event.type === 'step' && event.state === 'confirmed'
        ? { ...step, state: 'failed', error, atMs: event.atMs }
        : event,
    );
    const { report, exit, finding } = await judgeRecorded(run);
    expect(exit).toBe(3);
    expect(report.assertions.filter(({ verdict }) => verdict !== 'inconclusive')).toEqual([]);
    for (const name of ['availability', 'rpo', 'ordering', 'duplicates'])
      expect(finding(name).because).toBe('nothing was proved: kill was not shown to be in effect (redis-1 goes on)');
  });

  it('of what rests on a fault that was gone before its hold was over', async () => {
    const run = recordedKill();
    const error = { code: 'FAULT_NOT_PROVED', message: 'redis-1 runs again' } as const;
    run.events.push({ ...step, state: 'failed', error, atMs: at.revert - 5 });
    const { report, finding } = await judgeRecorded(run);
    expect(report.assertions.filter(({ verdict }) => verdict === 'passed')).toEqual([]);
    const because = 'nothing was proved: kill did not stay in effect until its hold was over (redis-1 runs again)';
    expect(finding('availability').because).toBe(because);
    expect(report.faults[0]).toMatchObject({ confirmedAtMs: expect.any(Number), foundGone: 'redis-1 runs again' });
    expect(report.faults[0]?.evidence).not.toContain('runs again');
  });

  it('of what rests on a fault that was never called; what was asked of the time before it may pass', async () => {
    const before = `
  - { assert: availability, of: writes, with: { longest: 10s } }
  - { assert: always, probe: redis.topology, tolerance: { primaries: 1 }, during: warmUp }`;
    const run = recordedKill(before);
    run.events = run.events.filter(({ type }) => type !== 'step');
    const { finding } = await judgeRecorded(run);
    expect(finding('availability').because).toBe('nothing was proved: kill was never injected');
    expect(finding('always').verdict).toBe('passed');
  });

  it('but what was lost is lost: a failed finding stays failed without evidence of the fault', async () => {
    const run = recordedKill();
    run.events = run.events.filter((event) => event.type !== 'step' || event.state !== 'confirmed');
    for (const copy of run.copies['writes'] ?? []) copy.values.splice(100, 2);
    const { exit, finding } = await judgeRecorded(run);
    expect([exit, finding('rpo').verdict]).toEqual([1, 'failed']);
  });

  it('by a drill without any assertion', async () => {
    const { report, exit } = await judgeRecorded(recordedKill(''));
    expect(report.verdict).toBe('inconclusive');
    expect(exit).toBe(3);
  });
});
