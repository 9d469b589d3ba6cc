// The shape of a drill: its sections and the keys that everything of one sort shares. What a kind takes in `with` is the kind's own.
import { z } from 'zod';
import { selectorSchema } from '../core/selector.ts';
import { duration } from '../core/units.ts';
import { toleranceSchema } from './tolerance-schema.ts';

export const CADENCES = ['nightly', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly'] as const;

/** Verbs of each list: the key that names the kind, and the name of an entry that has none. */
export const STEP_VERBS = ['fault', 'action', 'waitFor', 'revert', 'pause'] as const;
export type StepVerb = (typeof STEP_VERBS)[number];

const line = z
  .string()
  .min(1)
  .regex(/^[^\r\n]*$/, 'expected one line of text');
/** Names that become names of files and hosts. */
const plainName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'expected a name of letters, digits, dots, dashes and underscores');
const someTime = duration().refine((ms) => ms > 0, 'a duration of 0 does nothing here');
const count = z.int().min(1);
const parameters = z.record(z.string(), z.unknown()).optional();
const kind = line;

const withKey = { with: parameters.describe('Parameters of the kind itself.') };
const sampling = {
  every: someTime.prefault('100ms').describe('How often it is read.'),
  timeout: someTime.prefault('400ms').describe('A reading that takes longer is a gap, and never a value.'),
};
const tolerance = toleranceSchema();

export const workloadShape = z.strictObject({
  name: plainName.optional().describe('Default: its kind.'),
  workload: kind.describe('Which kind of traffic.'),
  client: line.optional().describe('Which client sends it: oracle, or the library under test.'),
  ...withKey,
});

export const probeShape = z.strictObject({
  name: line.optional().describe('Default: its kind.'),
  probe: kind.describe('Which kind of probe.'),
  ...withKey,
  ...sampling,
  tolerance,
});

const until = z.union(
  [z.literal('recovered'), z.strictObject({ probe: kind, ...withKey, ...sampling, tolerance })],
  'expected recovered, or a map with a probe and its tolerance',
);
const holdWords = 'expected a duration such as 20s, untilEnd, or a map with until and atMost';
export const holdShape = z.strictObject({
  until: until.describe('recovered = an outage was seen and every workload is ok again; or a probe and its tolerance.'),
  atMost: someTime.optional().describe('It is reverted then in any case. Default: timing.recoveryWithin.'),
});
const hold = z.union([someTime, z.literal('untilEnd'), holdShape], holdWords);

const stepName = { name: line.optional().describe('What since, during and revert call it. Default: the kind.') };
const targets = { targets: selectorSchema().optional() };
export const stepShapes = {
  fault: z.strictObject({
    ...stepName,
    fault: kind.describe('Which fault is injected.'),
    ...targets,
    ...withKey,
    hold: hold.optional().describe('How long it stays. Default: until recovered, at most timing.recoveryWithin.'),
    overlap: z.boolean().default(false).describe('True: the next step begins while it is in.'),
  }),
  action: z.strictObject({ ...stepName, action: kind.describe('What is done, once.'), ...targets, ...withKey }),
  waitFor: z.strictObject({
    ...stepName,
    waitFor: kind.describe('Which probe is waited for.'),
    ...withKey,
    ...sampling,
    tolerance,
    atMost: someTime.describe('The drill is inconclusive if it does not hold by then.'),
  }),
  revert: z.strictObject({ ...stepName, revert: line.describe('The fault step that is undone now.') }),
  pause: z.strictObject({ ...stepName, pause: someTime.describe('How long nothing is done.') }),
};

export const stopConditionShape = z.strictObject({
  name: line.optional().describe('Default: the kind of the probe.'),
  probe: kind,
  ...withKey,
  ...sampling,
  tolerance,
  for: duration().prefault('0s').describe('How long it has to be out of tolerance before the drill is aborted.'),
});

export const assertionProbeShape = z.strictObject({ kind, ...withKey, ...sampling });
export const assertionShape = z.strictObject({
  name: line.optional().describe('Default: its kind.'),
  assert: kind.describe('What is asserted.'),
  of: z.union([line, z.array(line).min(1)], 'expected a workload or a list of workloads').optional(),
  since: line.optional().describe('A step or a phase: the clock starts there.'),
  during: line.optional().describe('A step or a phase: only what happens in it counts.'),
  probe: z
    .union([line, assertionProbeShape], 'expected a probe, or a map with kind and with')
    .optional()
    .describe('A probe of the hypothesis by name, a kind of probe, or a map of kind and with.'),
  tolerance: tolerance.optional(),
  for: duration().optional().describe('How long it has to hold.'),
  within: someTime.optional().describe('By when it has to hold.'),
  ...withKey,
  unproven: line.optional().describe('Why no self-test can make it fail.'),
});

export const selfTestShape = z.strictObject({
  name: line.describe('What is broken, in words.'),
  override: z.record(z.string(), z.unknown()).describe('JSON Merge Patch on the drill; lists merge by name.'),
  fails: z.union([line, z.array(line).min(1)], 'expected an assertion or a list of assertions'),
});

const setting = z.union([z.string(), z.number(), z.boolean()], 'expected one value: text, a number, true or false');
const topicName = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/, 'expected a topic of letters, digits, dots, dashes and underscores');
const broker = z.int().min(1);
export const topicShape = z.strictObject({
  partitions: count.optional().describe('Default: as many as replicas says, else 1.'),
  replicationFactor: count.optional().describe('How many brokers hold each partition. Default: that of the service.'),
  replicas: z
    .array(z.array(broker).min(1))
    .min(1)
    .optional()
    .describe('Partition by partition, the brokers that hold it: the first one leads. Default: they take turns.'),
  config: z.record(z.string(), setting).default({}).describe('Settings of the topic.'),
});
export const clusterShape = z.strictObject({
  services: z
    .union(
      [z.array(line).min(1), z.record(plainName, line)],
      'expected a list of services, or a map of name to service',
    )
    .describe('A list of kinds, or a map of names to kinds.'),
  settings: z
    .record(z.string(), z.record(z.string(), setting))
    .default({})
    .describe('Scope → setting → value, over the defaults of the service.'),
  topics: z
    .record(topicName, topicShape)
    .default({})
    .describe('Topics that are made before the steady state is there.'),
});

export const timingShape = z.strictObject({
  startWithin: duration()
    .prefault('60s')
    .describe('How long the steady state may take to be there before the fault; a cluster of ours starts in it.'),
  warmUp: duration().prefault('5s').describe('How long the workloads run before anything is done.'),
  recoveryWithin: someTime.prefault('60s').describe('By when the steady state must be back after the method.'),
  heldFor: duration().prefault('5s').describe('How long it must hold before it counts.'),
  drainWithin: someTime.prefault('30s').describe('By when everything must be read back.'),
});

/** The document around its lists: their entries are read one by one, so that a mistake in one hides none in another. */
export const topShape = z.strictObject({
  $schema: z.string().optional(),
  title: line.describe('What is claimed, in one sentence.'),
  description: z.string().default(''),
  proves: z
    .array(z.strictObject({ runbook: line, step: line }))
    .default([])
    .describe('Which steps of which runbooks it proves.'),
  onFailure: z.string().optional().describe('What the person on call does next.'),
  owner: line.optional(),
  cadence: z.enum(CADENCES).optional().describe('How often it has to be run; a tag too.'),
  tags: z.array(plainName).default([]),
  use: z.array(line).optional().describe('Fragments, relative to this file; the drill is merged over them.'),
  params: z.record(z.string(), z.unknown()).default({}).describe('Values that $name stands for.'),
  cluster: clusterShape,
  workloads: z.array(z.unknown()).default([]),
  timing: timingShape.prefault({}),
  steadyStateHypothesis: z.strictObject({ title: line, probes: z.array(z.unknown()).min(1) }),
  method: z.array(z.unknown()),
  stopConditions: z.array(z.unknown()).default([]),
  assertions: z.array(z.unknown()).default([]),
  selfTest: z.array(z.unknown()).default([]),
  blastRadius: z
    .strictObject({ maxNodes: count.optional(), maxPerService: count.optional() })
    .prefault({})
    .describe('What the faults may touch at most.'),
});
export type Top = z.output<typeof topShape>;

/** The whole of it: for the JSON Schema. */
export const drillShape = topShape.extend({
  cluster: clusterShape.extend({
    settingsFrom: line
      .optional()
      .describe('A baseline, relative to this file: settings of that cluster, as far as one of ours can have them.'),
  }),
  workloads: z.array(workloadShape).optional(),
  steadyStateHypothesis: z.strictObject({ title: line, probes: z.array(probeShape).min(1) }),
  method: z.array(z.union(Object.values(stepShapes) as [typeof stepShapes.fault, typeof stepShapes.action])),
  stopConditions: z.array(stopConditionShape).optional(),
  assertions: z.array(assertionShape).optional(),
  selfTest: z.array(selfTestShape).optional(),
});
