// What is no setting: how many nodes there are, where they stand, what they run, and what is in them. Pure.
import type { ServiceBaseline } from '../../core/baseline.ts';
import type { Difference, Expectation } from './compare.ts';

export function differingStructure(live: ServiceBaseline, { service, kind }: Expectation): readonly Difference[] {
  // A count that is not told this time is no difference.
  const counted = Object.entries(service.counts).filter(([name]) => live.counts[name] !== undefined);
  const counts = numbers(live.counts, Object.fromEntries(counted), (name) => name);
  const topics = Object.keys({ ...live.holds, ...service.holds }).sort();
  const held = topics.flatMap((topic) => {
    const [is, was] = [live.holds[topic], service.holds[topic]];
    // Of a model, only what both have says anything.
    if (kind === 'model' && (is === undefined || was === undefined)) return [];
    return numbers(is ?? {}, was ?? {}, (name) => `${topic}: ${name}`);
  });
  if (kind === 'model') return [...counts, ...held];
  return [
    ...counts,
    ...texts(live.versions, service.versions, 'version'),
    ...texts(live.zones, service.zones, 'zone'),
    ...held,
  ];
}

type Numbers = Readonly<Record<string, number>>;
type Texts = Readonly<Record<string, string>>;

function numbers(live: Numbers, expected: Numbers, nameOf: (name: string) => string): readonly Difference[] {
  return Object.keys({ ...expected, ...live }).flatMap((name) => {
    const [is, was] = [live[name], expected[name]];
    if (is === was) return [];
    return [{ name: nameOf(name), expected: textOf(was), live: textOf(is), where: [] }];
  });
}

/** Of nodes that are there and answer: how many are missing, the counts say. */
function texts(live: Texts, expected: Texts, what: 'version' | 'zone'): readonly Difference[] {
  return Object.entries(live).flatMap(([node, is]) => {
    const was = expected[node];
    return is === was ? [] : [{ name: what, expected: textOf(was), live: is, where: [node] }];
  });
}

function textOf(value: string | number | undefined): string | null {
  return value === undefined ? null : String(value);
}
