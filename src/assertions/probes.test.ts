// always, eventually and never: what the readings of a probe say, and what they leave open.
import { describe, expect, it } from 'vitest';
import { at, judgeRecorded, type RecordedRun, recordedKill, type Stamped } from '../../test/recorded-run.ts';

type Reading = Extract<Stamped, { type: 'probe' }>;

/** One assertion, on readings that may be changed; undefined drops one. */
async function judged(text: string, change: (reading: Reading) => Reading | undefined = (reading) => reading) {
  const run: RecordedRun = recordedKill(`
  - ${text}`);
  run.events = run.events.flatMap((event) => (event.type === 'probe' ? (change(event) ?? []) : event));
  const { report } = await judgeRecorded(run);
  const found = report.assertions.find(({ kind }) => kind !== 'hypothesis');
  if (found === undefined) throw new Error('nothing was judged');
  return found;
}

function failing(reading: Reading): Reading {
  const { value: _, ...rest } = reading;
  return { ...rest, error: 'no answer within 400 ms' };
}

const between =
  (fromMs: number, toMs: number, then: (reading: Reading) => Reading | undefined) =>
  (reading: Reading): Reading | undefined =>
    reading.startedMs >= fromMs && reading.startedMs < toMs ? then(reading) : reading;

const ALWAYS = '{ assert: always, probe: redis.topology, tolerance: { primaries: 1 }, during: kill }';
const NEVER = '{ assert: never, probe: redis.topology, tolerance: { acceptingWrites: { atLeast: 2 } }, during: kill }';

describe('a reading that cannot be judged', () => {
  const without = (field: string) => (reading: Reading) => ({ ...reading, value: { [field]: 1 } });

  it('is a gap for always and never, whatever it holds', async () => {
    expect(await judged(ALWAYS, between(9000, 10_500, without('acceptingWrites')))).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringMatching(/^nothing was read for 1\.\d\d s, .* \(primaries no such field\)$/),
    });
    expect(await judged(NEVER, between(9000, 10_500, without('primaries')))).toMatchObject({
      verdict: 'inconclusive',
      because: expect.stringMatching(/^nothing was read for 1\.\d\d s/),
    });
    expect((await judged(ALWAYS, between(9000, 9100, without('acceptingWrites')))).verdict).toBe('passed');
    expect((await judged(NEVER, without('primaries'))).because).toMatch(/^no reading could be judged/);
  });
});

describe('always', () => {
  it('passes when all readings held', async () => {
    expect(await judged(ALWAYS)).toMatchObject({
      verdict: 'passed',
      expected: 'always redis.topology: primaries 1',
      actual: expect.stringMatching(/^held in all \d\d readings$/),
    });
  });

  it('fails at one that did not, and says when', async () => {
    const two = between(9000, 9100, (reading) => ({ ...reading, value: { primaries: 2, acceptingWrites: 1 } }));
    expect(await judged(ALWAYS, two)).toMatchObject({
      verdict: 'failed',
      actual: 'primaries 2',
      because: expect.stringMatching(/^first 2\.4\d s after the begin, in 1 of \d\d readings$/),
    });
  });

  it('looks at its window only', async () => {
    const outside = between(at.revert, at.end, (reading) => ({
      ...reading,
      value: { primaries: 0, acceptingWrites: 0 },
    }));
    expect((await judged(ALWAYS, outside)).verdict).toBe('passed');
    expect((await judged(ALWAYS.replace(', during: kill', ''), outside)).verdict).toBe('failed');
  });

  it('proves nothing where readings are missing, unless one of the others was wrong', async () => {
    expect(await judged(ALWAYS, between(9000, 10_500, failing))).toMatchObject({
      verdict: 'inconclusive',
      because: 'nothing was read for 1.60 s, from 2.38 s on (no answer within 400 ms)',
    });
    expect((await judged(ALWAYS, between(9000, 9900, failing))).verdict).toBe('passed');
    expect(
      (
        await judged(
          ALWAYS,
          between(14_000, at.end, () => undefined),
        )
      ).verdict,
    ).toBe('inconclusive');
    const wrong = between(9000, 12_000, (one) =>
      one.startedMs < 9100 ? { ...one, value: { primaries: 0, acceptingWrites: 0 } } : failing(one),
    );
    expect((await judged(ALWAYS, wrong)).verdict).toBe('failed');
  });

  it('proves nothing without a single reading', async () => {
    expect(await judged(ALWAYS, failing)).toMatchObject({
      verdict: 'inconclusive',
      actual: 'no data',
      because: 'no answer within 400 ms',
    });
    expect((await judged(ALWAYS, () => undefined)).verdict).toBe('inconclusive');
  });

  it('judges a slope over all that was read, and compares with what was before', async () => {
    const growing = (perMinute: number) => (reading: Reading) => ({
      ...reading,
      value: { primaries: 1, acceptingWrites: (reading.startedMs / 60_000) * perMinute },
    });
    const slope =
      '{ assert: always, probe: redis.topology, tolerance: { acceptingWrites: { perMinute: { atMost: 10 } } }, during: kill }';
    expect((await judged(slope, growing(5))).verdict).toBe('passed');
    expect((await judged(slope, growing(20))).verdict).toBe('failed');
    const before =
      '{ assert: always, probe: redis.topology, tolerance: { acceptingWrites: { atMost: 2x before } }, during: kill }';
    expect((await judged(before, growing(5))).verdict).toBe('failed');
    expect((await judged(before, growing(0.0001))).verdict).toBe('failed');
  });
});

describe('never', () => {
  it('passes on readings without gaps', async () => {
    expect(await judged(NEVER)).toMatchObject({
      verdict: 'passed',
      expected: 'never redis.topology: acceptingWrites at least 2',
      actual: expect.stringMatching(/^not seen in \d\d readings$/),
    });
  });

  it('fails at a single reading', async () => {
    const split = between(9000, 9100, (reading) => ({ ...reading, value: { primaries: 2, acceptingWrites: 2 } }));
    expect(await judged(NEVER, split)).toMatchObject({ verdict: 'failed', actual: 'acceptingWrites 2' });
  });

  it('proves nothing where it was not looked', async () => {
    expect((await judged(NEVER, between(9000, 10_500, failing))).verdict).toBe('inconclusive');
    expect((await judged(NEVER, failing)).verdict).toBe('inconclusive');
  });

  it('does not count a reading that was not over when the fault was taken out', async () => {
    const late = between(at.revert - 50, at.revert, (reading) => ({
      ...reading,
      atMs: at.revert + 200,
      value: { primaries: 2, acceptingWrites: 2 },
    }));
    expect((await judged(NEVER, late)).verdict).toBe('passed');
  });
});

describe('eventually', () => {
  /** It holds from 6 s after the kill on: see the readings of the recorded run. */
  const eventually = (more: string): string =>
    `{ assert: eventually, probe: redis.topology, tolerance: { acceptingWrites: 1 }, since: kill, ${more} }`;

  it('passes in time, with the error of the readings and of the fault', async () => {
    expect(await judged(eventually('within: 7s'))).toMatchObject({
      verdict: 'passed',
      expected: 'within 7.00 s redis.topology: acceptingWrites 1',
      actual: 'after 5.99 s to 6.11 s',
    });
  });

  it('fails when it came later, and proves nothing when the limit lies within the error', async () => {
    expect(await judged(eventually('within: 5s'))).toMatchObject({ verdict: 'failed', because: 'it came too late' });
    expect((await judged(eventually('within: 6s'))).verdict).toBe('inconclusive');
  });

  it('counts from when it came to stay', async () => {
    const flapping = between(14_000, 14_100, (reading) => ({
      ...reading,
      value: { primaries: 1, acceptingWrites: 0 },
    }));
    expect((await judged(eventually('within: 7s, for: 1s'), flapping)).verdict).toBe('passed');
    expect((await judged(eventually('within: 7s, for: 3s'), flapping)).verdict).toBe('failed');
  });

  it('does not hold through a gap', async () => {
    const gap = between(13_000, 14_500, failing);
    const found = await judged(eventually('within: 7s, for: 2s'), gap);
    expect(found).toMatchObject({ verdict: 'inconclusive', data: { lowMs: expect.closeTo(5985, 0) } });
  });

  it('fails when it never came, and was watched', async () => {
    const gone = between(at.kill, at.end, (reading) => ({ ...reading, value: { primaries: 1, acceptingWrites: 0 } }));
    expect(await judged(eventually('within: 7s'), gone)).toMatchObject({
      verdict: 'failed',
      because: 'it never held for long enough',
    });
    expect((await judged(eventually('within: 60s'), gone)).verdict).toBe('inconclusive');
  });

  it('proves nothing when it was not watched, or not long enough', async () => {
    expect((await judged(eventually('within: 7s'), failing)).verdict).toBe('inconclusive');
    const silent = between(at.kill, at.kill + 8000, (reading) =>
      reading.startedMs < 7000 ? reading : failing(reading),
    );
    const gone = (reading: Reading): Reading | undefined => {
      const seen = silent(reading);
      return seen?.value === undefined ? seen : { ...seen, value: { primaries: 1, acceptingWrites: 0 } };
    };
    expect((await judged(eventually('within: 7s'), gone)).verdict).toBe('inconclusive');
    const lastMoment = between(0, 19_500, (reading) => ({ ...reading, value: { primaries: 1, acceptingWrites: 0 } }));
    expect(await judged(eventually('within: 20s, for: 5s'), lastMoment)).toMatchObject({
      verdict: 'inconclusive',
      because: 'it held at the end, and was not watched for long enough',
    });
  });
});
