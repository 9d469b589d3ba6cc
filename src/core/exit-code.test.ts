import { describe, expect, it } from 'vitest';
import { type ExitCode, exitOf, exitOfError } from './exit-code.ts';
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
