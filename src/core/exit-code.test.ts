import { describe, expect, it } from 'vitest';
import { type ExitCode, exitOf, exitOfError, isForgiven } from './exit-code.ts';
import type { Report, ReportProblem } from './report.ts';

/** Only what an exit code depends on. */
function report(parts: Partial<Pick<Report, 'verdict' | 'status' | 'cluster'>> & { problem?: string }): Report {
  const problems: ReportProblem[] =
    parts.problem === undefined ? [] : [{ code: parts.problem, message: '', at: undefined, hint: undefined }];
  return { verdict: 'passed', status: 'completed', cluster: 'restored', ...parts, problems } as unknown as Report;
}

const passed = report({});
const failed = report({ verdict: 'failed' });
const unproved = report({ verdict: 'inconclusive', problem: 'FAULT_NOT_PROVED' });
const broken = report({ verdict: 'inconclusive', problem: 'TOOL_BROKEN' });
const aborted = report({ verdict: 'inconclusive', status: 'aborted' });
const interrupted = report({ verdict: 'inconclusive', status: 'interrupted' });
const dirty = report({ cluster: 'dirty' });

describe('the exit code', () => {
  const single: [string, Report, ExitCode][] = [
    ['all passed', passed, 0],
    ['a drill failed', failed, 1],
    ['refused when it was planned', report({ verdict: 'inconclusive', problem: 'PLAN_REFUSED' }), 2],
    ['nothing was proved', unproved, 3],
    ['not restored, though it passed', dirty, 4],
    ['a stop condition', aborted, 5],
    ['the tool broke', broken, 6],
    ['the tool broke in a drill that passed', report({ problem: 'JOURNAL_FAILED' }), 6],
    ['Ctrl-C', interrupted, 130],
  ];
  it.each(single)('of one: %s', (_, one, code) => {
    expect(exitOf([one]).code).toBe(code);
  });

  it('of several is the one that a person has to know first: 4, 130, 5, 1, 6, 3', () => {
    const order = [dirty, interrupted, aborted, failed, broken, unproved, passed];
    const codes = order.map((_, from) => exitOf(order.slice(from).reverse()).code);
    expect(codes).toEqual([4, 130, 5, 1, 6, 3, 0]);
  });

  it('of none is that nothing was proved', () => {
    expect(exitOf([])).toEqual({ code: 3, meaning: 'inconclusive: nothing was proved' });
  });

  it('knows what no report knows', () => {
    expect(exitOf([passed], { toolBroke: true }).code).toBe(6);
    expect(exitOf([failed], { toolBroke: true }).code).toBe(1);
    expect(exitOf([], { signal: 'SIGINT' }).code).toBe(130);
    expect(exitOf([interrupted], { signal: 'SIGTERM' }).code).toBe(143);
    expect(exitOf([dirty], { signal: 'SIGTERM' }).code).toBe(4);
  });

  it('of an error without a report', () => {
    expect(exitOfError('USAGE').code).toBe(2);
    expect(exitOfError('TOOL_MISSING').code).toBe(6);
    expect(exitOfError('STEADY_STATE_ABSENT').code).toBe(3);
    expect(exitOfError('INTERRUPTED').code).toBe(130);
  });
});

describe('a second try, and a quarantine,', () => {
  const again = (first: Report, second: Report): readonly Report[] => [
    { ...first, runId: 'first' },
    { ...second, runId: 'second', retryOf: 'first' },
  ];
  const setAside = (one: Report, inForce = true): Report => ({
    ...one,
    quarantine: { owner: 'platform', reason: 'flaky', expires: '2026-12-01', inForce },
  });

  it.each([
    ['a pass', unproved, passed, 0],
    ['a failure', unproved, failed, 1],
    ['nothing once more', unproved, unproved, 3],
    ['a pass, when a tool had broken', broken, passed, 0],
    ['a pass, and what the first left behind', report({ verdict: 'inconclusive', cluster: 'dirty' }), passed, 4],
  ] as const)('makes of two runs what the second came to: %s', (_, first, second, code) => {
    expect(exitOf(again(first, second)).code).toBe(code);
  });

  it.each([
    ['a failure', failed, 0],
    ['nothing proved', unproved, 0],
    ['a pass', passed, 0],
    ['a broken tool', broken, 6],
    ['a stop condition', aborted, 5],
    ['Ctrl-C', interrupted, 130],
    ['a cluster that was not restored', report({ verdict: 'failed', cluster: 'dirty' }), 4],
  ] as const)('takes the verdict away and nothing else: %s', (_, one, code) => {
    expect(exitOf([setAside(one)]).code).toBe(code);
    expect(isForgiven(setAside(one), [])).toBe(code === 0 && one !== passed);
    expect(exitOf([setAside(one), failed]).code).toBe(code === 4 || code === 130 || code === 5 ? code : 1);
  });

  it('says that somebody was left out, and leaves nobody out for longer than was said', () => {
    expect(exitOf([setAside(failed), passed]).meaning).toBe('every drill passed that is not in quarantine');
    expect(exitOf([setAside(passed)]).meaning).toBe('every drill passed');
    expect(exitOf([setAside(failed, false)]).code).toBe(1);
  });
});
