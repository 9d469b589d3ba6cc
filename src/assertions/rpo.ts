import { z } from 'zod';
import type { Assertion } from '../core/kinds.ts';
import type { Finding, MeasuredWorkload } from '../core/report.ts';
import { duration, formatMs } from '../core/units.ts';
import { worst } from '../core/verdict.ts';
import { finding, noData } from './finding.ts';

const params = z
  .strictObject({
    lostWrites: z.number().int().nonnegative().optional().describe('how many acknowledged writes may be lost'),
    atMost: duration()
      .optional()
      .describe('how far back losses may go: from the oldest lost write to the fault, or to the newest lost one'),
  })
  .refine((p) => p.lostWrites !== undefined || p.atMost !== undefined, { message: 'say `lostWrites` or `atMost`' })
  .transform(({ lostWrites, atMost }) => ({ lostWrites, atMostMs: atMost }));
type Params = z.output<typeof params>;

/** Acknowledged to the client and not there after heal, drain and read-back. */
export const rpo: Assertion<Params> = {
  kind: 'rpo',
  summary: 'No more acknowledged writes were lost than may be',
  params,
  example: { with: { lostWrites: 0 } },
  says: 'how many acknowledged writes were not there after the heal, of how many, and how far back they go',
  takes: ['of'],
  requires: ['of'],
  check: (limits, { spec, measured }) => {
    const expected = describe(limits);
    const findings = spec.of.map((name) => one(name, measured[name], { expected, limits }));
    const verdict = worst(findings.map((each) => each.verdict));
    return findings.find((each) => each.verdict === verdict) ?? noData(expected, 'no workload is named');
  },
};

function describe({ lostWrites, atMostMs }: Params): string {
  const parts = [];
  if (lostWrites !== undefined)
    parts.push(lostWrites === 0 ? 'no acknowledged write lost' : `at most ${lostWrites} acknowledged writes lost`);
  if (atMostMs !== undefined) parts.push(`losses go back ${formatMs(atMostMs)} at most`);
  return parts.join(', ');
}

function one(
  name: string,
  workload: MeasuredWorkload | undefined,
  { expected, limits }: { readonly expected: string; readonly limits: Params },
): Finding {
  if (workload === undefined) return noData(expected, `${name} recorded nothing`);
  if (workload.lostWrites === undefined) return noData(expected, `what ${name} wrote could not be read back`);
  if (workload.ok === 0) return noData(expected, `not one write of ${name} was acknowledged`);
  const { lostWrites, lostWindowMs = 0, ok, failedButFound = 0, divergentCopies = 0 } = workload;
  const actual =
    lostWrites === 0 ? `0 of ${ok} lost` : `${lostWrites} of ${ok} lost, going back ${formatMs(lostWindowMs)}`;
  const data = {
    workload: name,
    lostWrites,
    acknowledged: ok,
    lostWindowMs,
    failedButFound,
    divergentCopies,
    okMeans: workload.okMeans,
  };
  const tooMany = limits.lostWrites !== undefined && lostWrites > limits.lostWrites;
  const tooFar = limits.atMostMs !== undefined && lostWindowMs > limits.atMostMs;
  if (tooMany || tooFar)
    return finding('failed', {
      expected,
      actual,
      because: `${name}: ${workload.okMeans}, and not there after the heal`,
      data,
    });
  if (divergentCopies > 0)
    return finding('inconclusive', {
      expected,
      actual,
      because: `${divergentCopies} copies on other nodes differ from the one that was counted`,
      data,
    });
  return finding('passed', { expected, actual, data });
}
