import { describe, expect, it } from 'vitest';
import { exampleDrill, testRegistry } from '../../../test/drill-registry.ts';
import type { NamedFinding, Report } from '../../core/report.ts';
import { parseDrill } from '../../drill/load.ts';
import { passed } from '../../reporters/testing/passed.ts';
import { notProvable, type Trial } from './trial.ts';
import { trialsOf } from './trials.ts';

const proving = { registry: testRegistry, reportsDir: 'reports' };

function trials(text: string): readonly Trial[] {
  return trialsOf(parseDrill(text, 'drills/x.drill.yaml', { registry: testRegistry }), proving);
}

function finding(name: string, verdict: NamedFinding['verdict'], because = ''): NamedFinding {
  const position = { file: 'x', line: 1, col: 1 };
  return { name, kind: name, verdict, expected: '', actual: 'what was seen', because, data: {}, position };
}

function reportWith(...assertions: NamedFinding[]): Report {
  return { ...passed, assertions, problems: [] };
}

function inconclusive(code: string): Report {
  return { ...passed, verdict: 'inconclusive', problems: [{ code, message: 'why', at: undefined, hint: undefined }] };
}

describe("a drill's own sabotages", () => {
  const [asItIs, rto] = trials(exampleDrill);

  it('are applied one by one, each under its name', () => {
    const own = trials(exampleDrill).slice(1);
    expect(own.map(({ name }) => name)).toEqual([
      'watchers that wait a minute',
      'the host dies with its last second unsent',
      'a primary that needs no replica',
    ]);
    expect(own.map(({ entry }) => entry.sabotage)).toEqual(own.map(({ name }) => name));
    expect(rto?.entry.drill.cluster.settings['sentinel']).toEqual({ 'down-after-milliseconds': 60_000 });
    expect(rto?.drill.cluster.settings['sentinel']).toBeUndefined();
  });

  it('come after the drill as it is, which has to pass', () => {
    expect(asItIs).toMatchObject({
      asIs: true,
      sabotages: false,
      entry: { drill: asItIs?.drill, sabotage: undefined },
    });
    const problems = [{ code: 'CLUSTER_FAILED', message: 'no memory', at: 'redis-1', hint: undefined }];
    expect(notProvable({ ...reportWith(finding('rto', 'failed')), verdict: 'failed' })).toEqual({
      result: 'missed',
      because:
        'without any sabotage it is failed, so that its sabotages would prove nothing: rto failed (what was seen)',
      proved: [],
    });
    expect(notProvable({ ...reportWith(), verdict: 'inconclusive', problems })).toMatchObject({
      result: 'untried',
      because: expect.stringContaining('CLUSTER_FAILED: redis-1: no memory'),
    });
  });

  it('are caught when the assertion that they name is failed, whatever the others are', () => {
    expect(rto?.judge(reportWith(finding('rto', 'failed'), finding('rpo', 'passed')))).toEqual({
      result: 'caught',
      because: 'rto failed (what was seen)',
      proved: ['rto'],
    });
  });

  it('are missed when it passed, proved nothing, or was not judged', () => {
    expect(rto?.judge(reportWith(finding('rto', 'passed'), finding('rpo', 'failed')))).toMatchObject({
      result: 'missed',
      because: 'rto passed (what was seen)',
      proved: [],
    });
    const problems = [{ code: 'CLUSTER_FAILED', message: 'no memory', at: 'redis-1', hint: undefined }];
    expect(rto?.judge({ ...reportWith(finding('rto', 'inconclusive', 'no data')), problems })).toMatchObject({
      result: 'missed',
      because: 'rto inconclusive (what was seen: no data); CLUSTER_FAILED: redis-1: no memory',
    });
    expect(rto?.judge(reportWith())).toMatchObject({ result: 'missed', because: 'rto was not judged' });
  });
});

describe('a drill without any', () => {
  const text = exampleDrill.slice(0, exampleDrill.indexOf('selfTest:'));
  const [tenth, left, nowhere] = trials(text.replace('method:', 'method:\n  - pause: 1s'));

  it('is run with its fault left out, under the same name, and must not pass', () => {
    expect(left?.entry.drill.method).toMatchObject([
      { verb: 'pause', name: 'pause' },
      { verb: 'pause', name: 'kill', ms: 3000 },
    ]);
    expect(left?.judge(inconclusive('FAULT_NOT_PROVED'))).toMatchObject({ result: 'caught' });
    expect(left?.judge(inconclusive('STEADY_STATE_ABSENT'))).toMatchObject({ result: 'untried' });
    expect(left?.judge({ ...passed, verdict: 'failed' })).toMatchObject({ result: 'caught' });
    expect(left?.judge(passed)).toMatchObject({ result: 'missed', because: 'the run is passed' });
  });

  it('is run with workloads that find nobody, and must prove nothing', () => {
    expect(nowhere?.entry).toMatchObject({ unreachable: true, sabotage: 'the workloads pointed at nothing' });
    expect(nowhere?.entry.drill.method).toHaveLength(2);
    expect(nowhere?.judge(inconclusive('WORKLOAD_FAILED'))).toMatchObject({ result: 'caught' });
    expect(nowhere?.judge(inconclusive('CLUSTER_FAILED'))).toMatchObject({
      result: 'untried',
      because: 'the run is inconclusive: CLUSTER_FAILED: why',
    });
    expect(nowhere?.judge({ ...passed, verdict: 'failed' })).toMatchObject({ result: 'missed' });
  });

  it('is run as it is, for what it measures', () => {
    expect(tenth?.entry).toEqual({ drill: tenth?.drill, sabotage: undefined });
    expect([tenth, left, nowhere].map((trial) => trial?.asIs)).toEqual([true, false, false]);
  });
});
