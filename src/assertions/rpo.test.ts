import { describe, expect, it } from 'vitest';
import { at, type Judged, judgeRecorded, type RecordedRun, recordedKill } from '../../test/recorded-run.ts';

const ASKED = `
  - { assert: rpo, of: writes, with: { lostWrites: 0 } }
  - { assert: rpo, name: window, of: writes, with: { atMost: 1s } }
  - { assert: ordering, of: writes }
  - { assert: duplicates, of: writes }`;

/** Judged after something was done to what each copy holds. */
async function spoiled(change: (run: RecordedRun, values: number[][]) => void): Promise<Judged> {
  const run = recordedKill(ASKED);
  const copies = run.copies['writes'] ?? [];
  change(
    run,
    copies.map(({ values }) => values),
  );
  return await judgeRecorded(run);
}

function verdicts({ finding }: Judged): string[] {
  return ['rpo', 'window', 'ordering', 'duplicates'].map((name) => finding(name).verdict);
}

function without(from: number[], lost: (value: number) => boolean): void {
  from.splice(0, from.length, ...from.filter((value) => !lost(value)));
}

/** Number of the operation that was sent at a moment. */
function sentAt(ms: number): number {
  return Math.round((ms - at.warmUp) / 10);
}

describe('a ledger that was read back', () => {
  it('whole: all pass', async () => {
    const judged = await spoiled(() => undefined);
    expect(verdicts(judged)).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(judged.finding('rpo')).toMatchObject({
      expected: 'no acknowledged write lost',
      actual: expect.stringMatching(/^0 of \d,\d{3} lost$/),
      because: '',
    });
  });

  it('without writes of the last half second before the kill: lost, but not too far back', async () => {
    const first = sentAt(at.kill - 500);
    const judged = await spoiled((_, copies) => {
      for (const values of copies) without(values, (value) => value >= first && value < sentAt(at.kill));
    });
    expect(verdicts(judged)).toEqual(['failed', 'passed', 'passed', 'passed']);
    expect(judged.finding('rpo')).toMatchObject({
      actual: expect.stringMatching(/^5\d of \d,\d{3} lost, going back 5\d\d ms/),
      because: 'writes: acknowledged (acknowledged and confirmed by WAIT 1), and not there after the heal',
    });
  });

  it('without a write of two seconds before the kill: too far back', async () => {
    const lost = sentAt(at.kill - 2000);
    const judged = await spoiled((_, copies) => {
      for (const values of copies) without(values, (value) => value === lost);
    });
    expect(verdicts(judged)).toEqual(['failed', 'failed', 'passed', 'passed']);
    expect(judged.finding('window').data).toMatchObject({ lostWrites: 1, lostExamples: [lost] });
  });

  it('without writes that an old primary acknowledged after it was cut off: as far as the last of them', async () => {
    const judged = await spoiled((run, copies) => {
      const zombies =
        run.operations['writes']?.filter(({ sentMs }) => sentMs > at.kill && sentMs < at.kill + 3000) ?? [];
      for (const [index, op] of (run.operations['writes'] ?? []).entries()) {
        if (zombies.includes(op))
          run.operations['writes']?.splice(index, 1, { ...op, outcome: 'ok', errorCode: undefined });
      }
      expect(copies[0]?.length).toBeGreaterThan(0);
    });
    expect(verdicts(judged)).toEqual(['failed', 'failed', 'passed', 'passed']);
    expect(judged.finding('window').actual).toMatch(/going back (2\.9\d|3\.00) s/);
  });

  it('with a limit on the window within its error: nothing is proved', async () => {
    const run = recordedKill(`
  - { assert: rpo, name: window, of: writes, with: { atMost: 103ms } }`);
    for (const { values } of run.copies['writes'] ?? []) without(values, (value) => value === sentAt(at.kill - 104));
    const { finding } = await judgeRecorded(run);
    expect(finding('window')).toMatchObject({
      verdict: 'inconclusive',
      actual: expect.stringMatching(/101 ms to 104 ms/),
    });
  });

  it('with a write twice: duplicates', async () => {
    const judged = await spoiled((_, copies) => {
      for (const values of copies) values.splice(50, 0, 40);
    });
    expect(verdicts(judged)).toEqual(['passed', 'passed', 'passed', 'failed']);
    expect(judged.finding('duplicates')).toMatchObject({
      expected: 'no write more than once',
      actual: expect.stringMatching(/^1 more than once, of \d,\d{3} acknowledged$/),
    });
  });

  it('with two writes in the wrong order: reordered', async () => {
    const judged = await spoiled((_, copies) => {
      for (const values of copies) values.splice(60, 2, values[61] ?? 0, values[60] ?? 0);
    });
    expect(verdicts(judged)).toEqual(['passed', 'passed', 'failed', 'passed']);
  });

  it('from a replica that is stale: nothing is lost, and nothing is proved', async () => {
    const judged = await spoiled((_, copies) => copies[1]?.splice(-5));
    expect(verdicts(judged)).toEqual(['inconclusive', 'inconclusive', 'passed', 'passed']);
    expect(judged.finding('rpo').because).toBe('1 copies on other nodes differ from the one that was counted');
  });

  it('with a write that was refused: our own table is wrong', async () => {
    const refused = sentAt(at.kill + 1000);
    const judged = await spoiled((_, copies) => {
      for (const values of copies) values.splice(values.indexOf(sentAt(at.kill - 10)) + 1, 0, refused);
    });
    expect(judged.finding('rpo')).toMatchObject({
      verdict: 'inconclusive',
      because: '1 writes are there although they were refused: writes cannot tell',
    });
  });

  it('with a write that nobody sent: it is somebody else’s ledger', async () => {
    const judged = await spoiled((_, copies) => {
      for (const values of copies) values.push(1_000_000);
    });
    expect(judged.finding('rpo')).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringMatching(/never sent/),
    });
  });
});

describe('a ledger that was not read back', () => {
  const because = 'what writes wrote was not read back whole';

  it('proves nothing', async () => {
    const judged = await spoiled((run) => {
      run.copies = {};
    });
    expect(verdicts(judged)).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'inconclusive']);
    expect(judged.finding('rpo')).toMatchObject({ actual: 'no data', because });
  });

  it('to its end: neither, although there are values', async () => {
    const judged = await spoiled((run) => {
      run.events = run.events.filter((event) => event.type !== 'workload');
    });
    expect(verdicts(judged)).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'inconclusive']);
  });

  it('from the copy that counts: neither', async () => {
    const judged = await spoiled((run) => {
      run.copies['writes'] = (run.copies['writes'] ?? []).filter(({ authoritative }) => !authoritative);
    });
    expect(judged.finding('rpo')).toMatchObject({ verdict: 'inconclusive', because });
  });
});
