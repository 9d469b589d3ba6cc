import { describe, expect, it } from 'vitest';
import type { Finding } from '../core/report.ts';
import type { Verdict } from '../core/verdict.ts';
import { eachOf, finding } from './finding.ts';

const LIMIT = 'recovered within 10.00 s';

function took(verdict: Verdict, lowMs: number, highMs: number | null, because = ''): Finding {
  const actual = highMs === null ? 'never' : `${highMs / 1000} s`;
  return finding(verdict, { expected: LIMIT, actual, because, data: { lowMs, highMs } });
}

function over(found: Readonly<Record<string, Finding>>): Finding {
  return eachOf(Object.keys(found), LIMIT, (name) => found[name] as Finding);
}

describe('a finding over several workloads', () => {
  it('names each with what was seen of it, the worst first', () => {
    const all = over({
      writes: took('passed', 6000, 6300),
      reads: took('failed', 11_000, 11_200, 'reads was without service for longer'),
      application: took('failed', 29_000, null, 'application never worked again'),
      other: took('inconclusive', 9900, 10_100, 'the limit lies within the error'),
    });
    expect(all).toMatchObject({
      verdict: 'failed',
      expected: LIMIT,
      actual: 'application: never; reads: 11.2 s; other: 10.1 s; writes: 6.3 s',
      because: 'application never worked again; reads was without service for longer',
    });
    expect(all.data).toMatchObject({
      lowMs: 29_000,
      each: [{ workload: 'application', verdict: 'failed' }, {}, {}, {}],
    });
  });

  it('names the slowest first where all of them pass', () => {
    expect(over({ writes: took('passed', 1, 2000), application: took('passed', 1, 3000) })).toMatchObject({
      verdict: 'passed',
      actual: 'application: 3 s; writes: 2 s',
      because: '',
    });
  });

  it('is the finding of the one workload where there is one, and nothing without any', () => {
    const one = took('passed', 1, 2000);
    expect(over({ writes: one })).toEqual(one);
    expect(over({})).toMatchObject({ verdict: 'inconclusive', because: 'no workload is named' });
  });
});
