// A kind in words.
import { stringify } from 'yaml';
import type { Capability } from '../../core/cluster.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Described, Registry, Runtime, Service } from '../../core/kinds.ts';
import type { Section } from '../../drill/kinds.ts';
import { layOut } from '../../reporters/console/columns.ts';
import { wrap } from '../../reporters/text.ts';
import { LABEL_WIDTH, labelled } from '../labelled.ts';
import { valueWord } from '../plan/words.ts';
import { exampleOf } from './example.ts';
import { describeParams, paramWords } from './params.ts';

/** Sections in the order in which a drill has them, and what one of each is called. */
export const SECTIONS = {
  services: 'service',
  workloads: 'workload',
  probes: 'probe',
  faults: 'fault',
  actions: 'action',
  assertions: 'assertion',
  runtimes: 'runtime',
} as const satisfies Record<Section | 'runtimes', string>;

export function explainKind(section: keyof typeof SECTIONS, kind: string, registry: Registry, width: number): string[] {
  const summary = registry[section].get(kind)?.summary ?? '';
  const facts = factsOf(section, kind, registry, width).flatMap(([label, lines]) => labelled(label, lines, width));
  const example = section === 'runtimes' ? undefined : exampleOf(section, kind, registry);
  return [`${kind} · ${SECTIONS[section]}`, ...wrap(summary, width), '', ...facts, ...exampleLines(example)];
}

function exampleLines(example: JsonObject | undefined): readonly string[] {
  if (example === undefined) return [];
  const lines = stringify(example, { lineWidth: 0 }).trimEnd().split('\n');
  return ['', '  Example:', '', ...lines.map((line) => `  ${line}`)];
}

type Fact = readonly [label: string, lines: readonly string[]];

function factsOf(section: keyof typeof SECTIONS, kind: string, registry: Registry, width: number): readonly Fact[] {
  const { services, faults, actions, probes, workloads, assertions, runtimes } = registry;
  const described = section === 'services' || section === 'runtimes' ? undefined : registry[section].get(kind);
  const params: readonly Fact[] = described === undefined ? [] : [['with', paramLines(described, width)]];
  switch (section) {
    case 'services':
      return serviceFacts(services.get(kind), width);
    case 'runtimes':
      return runtimeFacts(runtimes.get(kind));
    case 'faults':
    case 'actions': {
      const act = faults.get(kind) ?? actions.get(kind);
      const undo: readonly Fact[] = act?.undoneBy === undefined ? [] : [['undone by', [act.undoneBy]]];
      return [['targets', [targetWords(act?.needsTargets)]], ...params, ['needs', needWords(act)], ...undo];
    }
    case 'probes':
      return [...params, ['reads', fieldLines(probes.get(kind)?.fields ?? {}, width)]];
    case 'workloads': {
      const clients = workloads.get(kind)?.clients ?? [];
      return [...params, ['client', [clients.length === 0 ? 'may not be said' : `one of ${clients.join(', ')}`]]];
    }
    case 'assertions': {
      const assertion = assertions.get(kind);
      const keys = [...new Set([...(assertion?.requires ?? []), ...(assertion?.takes ?? [])])];
      const words = keys.map((key) => (assertion?.requires.includes(key) === true ? `${key} (required)` : key));
      const says: readonly Fact[] = assertion?.says === undefined ? [] : [['finding says', [assertion.says]]];
      return [['keys', [words.length === 0 ? 'none' : words.join(', ')]], ...params, ...says];
    }
  }
}

function paramLines({ params }: Described<unknown>, width: number): readonly string[] {
  const rows = describeParams(params).map((param) => [param.name, paramWords(param)]);
  return rows.length === 0 ? ['nothing'] : table(rows, width);
}

function fieldLines(fields: Readonly<Record<string, string>>, width: number): readonly string[] {
  const rows = Object.entries(fields);
  return rows.length === 0 ? ['one value, or what its parameters ask for'] : table(rows, width);
}

function table(rows: readonly (readonly string[])[], width: number): readonly string[] {
  return layOut(rows, width - LABEL_WIDTH).flat();
}

function targetWords(required: boolean | undefined): string {
  return required === true
    ? 'required: a node, a word such as redis-primary, a list, or a map such as { zone: a }'
    : 'may be left out';
}

/** What it needs of a runtime may depend on its parameters: with those of its example. */
function needWords(
  kind: (Described<unknown> & { needs(params: unknown): readonly Capability[] }) | undefined,
): readonly string[] {
  const given = kind?.params.safeParse(kind.example?.['with'] ?? {});
  if (kind === undefined || given?.success !== true) return [];
  const needs = kind.needs(given.data);
  return [needs.length === 0 ? 'nothing special of the runtime' : `${needs.join(', ')}, of the runtime`];
}

function serviceFacts(service: Service | undefined, width: number): readonly Fact[] {
  if (service === undefined) return [];
  const words = Object.entries(service.words).map(([word, { summary }]) => [word, summary]);
  const settings = Object.entries(service.defaults).flatMap(([scope, defaults]) =>
    Object.entries(defaults).map(([name, value]) => [`${scope}.${name}`, value === '' ? '""' : valueWord(value)]),
  );
  return [
    ['words', words.length === 0 ? ['none'] : table(words, width)],
    ['settings', settings.length === 0 ? ['none'] : table([['setting', 'default'], ...settings], width)],
  ];
}

function runtimeFacts(runtime: Runtime | undefined): readonly Fact[] {
  if (runtime === undefined) return [];
  return [
    ['offers', [runtime.capabilities.join(', ')]],
    ['how', [`firedrill run --runtime ${runtime.kind}, or runtime: ${runtime.kind} in firedrill.config.yaml`]],
  ];
}
