// One drill without a mistake, and what is said of it after one change.
import { DrillError } from '../src/core/error.ts';
import { parseDrill } from '../src/drill/load.ts';
import { testRegistry } from './drill-registry.ts';

const drill = `title: t
params:
  rto: 10s
cluster:
  services: [store]
workloads:
  - name: writes
    workload: store.ledger
    with:
      rate: 100/s
steadyStateHypothesis:
  title: h
  probes:
    - probe: store.topology
      tolerance:
        primaries: 1
method:
  - name: kill
    fault: process.kill
    targets: store-primary
    hold: 20s
assertions:
  - assert: rto
    of: writes
    since: kill
    with:
      atMost: $rto
`;

/** The mistakes after one replacement, each as `line:col: message`. */
export function mistakesAfter(from: string | RegExp, to: string): string[] {
  const changed = drill.replace(from, to);
  if (changed === drill) throw new Error(`this changes nothing: ${String(from)}`);
  try {
    parseDrill(changed, 'x.drill.yaml', { registry: testRegistry });
    return [];
  } catch (error) {
    if (!(error instanceof DrillError)) throw error;
    return error.message.split('\n').map((line) => line.replace(/^x\.drill\.yaml:/, ''));
  }
}

/** For `it.each`. */
export type MistakeCase = [what: string, from: string | RegExp, to: string, ...mistakes: string[]];
