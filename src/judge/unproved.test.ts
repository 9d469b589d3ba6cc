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

  it('by a drill without any assertion', async () => {
    const { report, exit } = await judgeRecorded(recordedKill(''));
    expect(report.verdict).toBe('inconclusive');
    expect(exit).toBe(3);
  });
});
