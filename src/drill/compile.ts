// A merged document → a Drill, with everything checked that can be checked before there is a cluster.
import type {
  Drill,
  DrillCluster,
  ParamValue,
  SettingsFrom,
  StopConditionSpec,
  Timing,
  WorkloadSpec,
} from '../core/drill.ts';
import { PHASES } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { NodeSpec } from '../core/node.ts';
import { readAssertion, readSelfTest } from './assertions.ts';
import { checkSense } from './check.ts';
import { checkGroupNames, checkSettingNames, checkWorkloadNames } from './kind-names.ts';
import { at, checkUnique, kindOf, type Reading, readWith } from './kinds.ts';
import { nameOf, verbsOf } from './merge.ts';
import { substitute } from './params.ts';
import { createSamplers, type ProbeReading, readProbe, readProbeKind } from './probes.ts';
import { readAs, readQuietly } from './read.ts';
import { clusterShape, stopConditionShape, type Top, timingShape, topShape, workloadShape } from './shape.ts';
import { readStep, stepNames } from './steps.ts';
import { suggest } from './suggest.ts';
import { readCluster, vocabularyOf } from './targets.ts';
import { checkNeeded, checkTopics, readTopics } from './topics.ts';
import { child, type Dict, descend, fromJson, itemsAt, type Tree, textAt, toJson } from './tree.ts';

/** Which file a document came from. */
export interface Origin {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly settingsFrom: SettingsFrom | undefined;
}

/** Undefined if anything is wrong with it: all of it is in `problems` then. */
export function compileDrill(tree: Dict, origin: Origin, reading: Reading): Drill | undefined {
  const { problems } = reading;
  const before = problems.errors.length;
  const body = substitute(tree, problems);
  const top = readAs(topShape, body, problems);
  checkNames(body, reading);
  const parts = readParts(body, reading);
  if (top === undefined || parts.cluster === undefined || problems.errors.length > before) return undefined;
  const { name, file, sha256, params, settingsFrom } = origin;
  const drill: Drill = {
    name,
    file,
    sha256,
    ...plainParts(top),
    params,
    cluster: { ...parts.cluster, ...(settingsFrom === undefined ? {} : { settingsFrom }) },
    timing: parts.timing,
    workloads: parts.workloads,
    steadyStateHypothesis: { title: top.steadyStateHypothesis.title, probes: parts.probes },
    method: parts.method,
    stopConditions: parts.stopConditions,
    assertions: parts.assertions,
    selfTest: parts.selfTest,
    document: toJson(tree) as JsonObject,
  };
  checkSense(drill, body, problems);
  return problems.errors.length > before ? undefined : drill;
}

function plainParts(top: Top) {
  const { title, description, proves, onFailure, owner, cadence, tags, blastRadius } = top;
  return {
    title,
    description,
    proves,
    onFailure,
    owner,
    cadence,
    tags: [...new Set([...tags, ...(cadence === undefined ? [] : [cadence])])],
    blastRadius: { maxNodes: blastRadius.maxNodes, maxPerService: blastRadius.maxPerService },
  };
}

/** Every section by itself, whatever is wrong with the others. Entries that are wrong are left out. */
function readParts(body: Dict, reading: Reading) {
  const timing = readTiming(body);
  const workloadItems = itemsAt(body, 'workloads');
  const workloadNames = workloadItems.flatMap((item) => nameOf(item, ['workload']) ?? []);
  const { cluster, nodes } = readClusterOf(body, reading);
  const probing: ProbeReading = {
    ...reading,
    samplers: createSamplers(),
    named: new Map(),
    nodes: nodes?.map((node) => node.name),
  };
  const workloads = workloadItems.flatMap((item) => readWorkload(item, cluster, reading) ?? []);
  checkWorkloadNames(workloadItems, workloadNames, reading);
  checkGroupNames(body, workloads, reading);
  checkSettingNames(body, reading);
  const members = workloads.filter((workload) => hasMembers(workload, reading)).map(({ name }) => name);
  const named = { nodes: nodes ?? [], workloads: workloadNames, members, reading };
  const vocabulary = cluster && nodes && vocabularyOf(cluster, named);
  const probes = itemsAt(child(body, 'steadyStateHypothesis'), 'probes').flatMap(
    (item) => readProbe(item, probing) ?? [],
  );
  const items = itemsAt(body, 'method');
  const steps = stepNames(items);
  const method = items.flatMap(
    (item, i) => readStep(item, steps[i] ?? '', { ...probing, timing, vocabulary, items }) ?? [],
  );
  const stopConditions = itemsAt(body, 'stopConditions').flatMap((item) => readStopCondition(item, probing) ?? []);
  const asserted = itemsAt(body, 'assertions').flatMap((item) => nameOf(item, ['assert']) ?? []);
  const asserting = { ...probing, workloads: workloadNames, steps, asserted };
  const assertions = itemsAt(body, 'assertions').flatMap((item) => readAssertion(item, asserting) ?? []);
  const selfTest = itemsAt(body, 'selfTest').flatMap((item) => readSelfTest(item, asserting) ?? []);
  return { timing, cluster, workloads, probes, method, stopConditions, assertions, selfTest };
}

function readTiming(body: Dict): Timing {
  const node = child(body, 'timing') ?? fromJson({}, body.at);
  const shape = readQuietly(timingShape, node) ?? timingShape.parse({});
  return {
    startWithinMs: shape.startWithin,
    warmUpMs: shape.warmUp,
    recoveryWithinMs: shape.recoveryWithin,
    heldForMs: shape.heldFor,
    drainWithinMs: shape.drainWithin,
  };
}

function readClusterOf(
  body: Dict,
  reading: Reading,
): { cluster?: DrillCluster; nodes?: readonly NodeSpec[] | undefined } {
  const node = child(body, 'cluster');
  const shape = node && readQuietly(clusterShape, node);
  if (node === undefined || shape === undefined) return {};
  const { services, settings, topics } = shape;
  if (Array.isArray(services) && new Set(services).size < services.length) {
    reading.problems.error(
      at(node, 'services'),
      'a service is there twice',
      'name them: { cache: redis-sentinel, sessions: redis-sentinel }',
    );
  }
  const named = Array.isArray(services) ? Object.fromEntries(services.map((kind) => [kind, kind])) : services;
  const cluster = { services: named, settings, topics: readTopics(topics) };
  const nodes = readCluster(cluster, node, reading);
  if (nodes !== undefined) checkTopics(cluster, node, reading);
  return { cluster, nodes };
}

/** True if it has processes of its own, which faults may name. */
function hasMembers({ kind, params }: WorkloadSpec, { registry }: Reading): boolean {
  return (registry.workloads.get(kind)?.members?.(params) ?? 0) > 0;
}

function readWorkload(item: Tree, cluster: DrillCluster | undefined, reading: Reading): WorkloadSpec | undefined {
  const { problems } = reading;
  const shape = readAs(workloadShape, item, problems);
  const kind = kindOf('workloads', item, { ...reading, verb: 'workload' });
  const client = textAt(item, 'client');
  if (kind !== undefined && client !== undefined && !kind.clients.includes(client)) {
    const hint =
      kind.clients.length === 0
        ? 'leave it out'
        : (suggest(client, kind.clients) ?? `it has ${kind.clients.join(', ')}`);
    problems.error(at(item, 'client'), `${kind.kind} has no client "${client}"`, hint);
  }
  const read = kind && readWith(kind, item, problems);
  if (shape === undefined || kind === undefined || read === undefined) return undefined;
  checkNeeded(kind.topics?.(read.params) ?? [], item, { cluster, problems });
  const name = shape.name ?? shape.workload;
  return { name, kind: kind.kind, client: client ?? kind.clients[0], params: read.params, position: item.at };
}

function readStopCondition(item: Tree, reading: ProbeReading): StopConditionSpec | undefined {
  const shape = readAs(stopConditionShape, item, reading.problems);
  const found = readProbeKind(item, { ...reading, verb: 'probe' });
  if (shape === undefined || found === undefined) return undefined;
  const probe = reading.samplers.ref(found.kind.kind, found.params, shape);
  const { name = shape.probe, tolerance } = shape;
  return { name, probe, tolerance, forMs: shape.for, position: item.at };
}

/** Names are what the drill's parts refer to each other by: each is there once, and no step is called like a phase. */
function checkNames(body: Dict, { problems }: Reading): void {
  for (const path of [
    'workloads',
    'steadyStateHypothesis.probes',
    'method',
    'stopConditions',
    'assertions',
    'selfTest',
  ]) {
    const list = descend(body, path.split('.'));
    if (list?.type === 'list') checkUnique(list.items, verbsOf(path) ?? [], problems);
  }
  const phases: readonly string[] = PHASES;
  for (const item of itemsAt(body, 'method')) {
    const name = nameOf(item, verbsOf('method') ?? []);
    if (name !== undefined && phases.includes(name))
      problems.error(at(item, 'name'), `"${name}" is a phase: a step needs another name`);
  }
}
