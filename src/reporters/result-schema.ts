// result.json as a schema: the source of schema/result.schema.json, and what tells a reader that a file is one.
import { z } from 'zod';
import type { Json, JsonObject } from '../core/json.ts';
import { watchedSchema } from './watched-schema.ts';

const json: z.ZodType<Json> = z.json().meta({ id: 'json' });
const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), json);

const verdict = z.enum(['passed', 'failed', 'inconclusive']).meta({ id: 'verdict' });
const atMs = z.number().describe('milliseconds since the start of the run, on the monotonic clock');
const count = z.int().nonnegative();

const bounds = z
  .object({ lowMs: z.number(), highMs: z.number().optional().describe('left out: it never ended') })
  .meta({ id: 'bounds', description: 'an interval that the measured number lies in' });

const drill = z
  .object({
    name: z.string(),
    file: z.string(),
    title: z.string(),
    sha256: z.string().describe('of the file'),
    owner: z.string().optional(),
    onFailure: z.string().optional().describe('what the person on call does next'),
    tags: z.array(z.string()),
    proves: z.array(z.object({ runbook: z.string(), step: z.string() })),
    proven: z.boolean().describe('has self-tests that show how its assertions can fail'),
    settingsFrom: z
      .object({ file: z.string(), target: z.string(), recordedAt: z.string() })
      .optional()
      .describe('the baseline whose settings its cluster had, as far as one of ours can have them'),
  })
  .meta({ id: 'drill' });

const problem = z
  .object({
    code: z.string(),
    message: z.string(),
    at: z.string().optional().describe('where: a file with its line, a node, a path'),
    hint: z.string().optional().describe('what to do next'),
  })
  .meta({ id: 'problem' });

const fault = z
  .object({
    step: z.string(),
    kind: z.string(),
    targets: z.array(z.string()),
    calledAtMs: atMs,
    confirmedAtMs: atMs.optional().describe('left out: it was never proved that it took effect'),
    evidence: z.string(),
    foundGone: z
      .string()
      .optional()
      .describe('it took effect, and at the end of its hold it was not in effect any more: why'),
    revertedAtMs: atMs.optional(),
  })
  .meta({ id: 'fault' });

const finding = z
  .object({
    name: z.string(),
    kind: z.string(),
    verdict,
    expected: z.string(),
    actual: z.string(),
    because: z.string(),
    position: z.object({ file: z.string(), line: z.int(), col: z.int() }).describe('where it was asked'),
    data: jsonObject.describe('the numbers behind it, by kind of assertion'),
  })
  .meta({ id: 'finding', description: "one assertion's verdict" });

const outage = z
  .object({
    ...bounds.shape,
    fromMs: atMs,
    toMs: atMs.optional().describe('left out: service never came back'),
    rescuedByRevert: z.boolean().describe('the first ok came only after our own revert was called'),
    stutter: z.literal(true).optional().describe('short, and all that was asked in it was answered, only late'),
  })
  .meta({ id: 'outage' });

const unit = z
  .object({
    unit: z.string().describe('what can be out of service by itself: a Redis shard, a Kafka partition'),
    outages: z.array(outage),
    detectionFloorMs: z.number().describe('no outage is seen below this'),
  })
  .meta({ id: 'unit' });

const workload = z
  .object({
    client: z.string(),
    okMeans: z.string().describe('what counts as ok: WAIT 1, status 200-299'),
    recoveryTimeMs: z
      .object({ low: z.number(), high: z.number().optional().describe('left out: it did not recover by itself') })
      .optional()
      .describe('of the worst unit, against the first fault; left out: no fault, or no data'),
    units: z.array(unit),
    ok: count,
    failed: count,
    unknown: count.describe('may have been applied'),
    notSent: count.describe('held back because too many were waiting: no service'),
    lostWrites: count
      .optional()
      .describe('acknowledged and not there afterwards; left out: no ledger, or not read back'),
    lostWindowMs: z.number().optional().describe('how far back losses go, from the oldest one'),
    duplicates: count.optional(),
    reordered: count.optional(),
    divergentCopies: count.optional().describe('copies on other nodes that hold something else'),
    failedButFound: count
      .optional()
      .describe('there although reported as failed: a defect of our own table of outcomes'),
    errors: z.record(z.string(), count).describe('by code'),
    p50Ms: z.number().optional(),
    p99Ms: z.number().optional(),
    maxMs: z.number().optional(),
  })
  .meta({ id: 'workload' });

const predicted = z
  .object({
    lowMs: z.number(),
    highMs: z.number(),
    allowanceMs: z.number().describe('added to highMs when it is judged'),
    formula: z.string(),
    inputs: z.record(z.string(), z.union([z.number(), z.string()])),
  })
  .meta({ id: 'predicted', description: 'what the system was expected to take, from its live settings' });

const machine = z
  .object({
    processors: z.number().optional(),
    loadAverage: z.number().optional().describe("the highest of the kernel's averages over a minute"),
    stoodStillMs: z.number().optional().describe("the longest time in which the runner's process got nothing done"),
    sentLateMs: z.number().optional().describe('one operation in a hundred was sent this late, or later'),
    tooBusy: z
      .array(z.string())
      .describe('why bounds are wider, and the system slower, than on a machine of its own; empty: they are not'),
  })
  .meta({ id: 'machine', description: 'how busy the machine was while it was measured on' });

const rollback = z
  .object({
    at: z.string().describe('wall clock, ISO 8601'),
    by: z.string().describe('the command, and whose it was'),
    done: z.array(z.string()),
    failures: z.array(z.string()).describe('what is left to be done; empty: nothing'),
    abandoned: z.boolean().optional().describe('nothing was tried, and nobody will: the run was to be forgotten'),
  })
  .meta({ id: 'rollback', description: 'another process undid what the run had left behind' });

export const resultSchema = z
  .object({
    schema: z.literal('firedrill.result/1'),
    runId: z.string(),
    suiteId: z.string().describe('the invocation that it belongs to'),
    seed: z.number(),
    runtime: z.string(),
    target: z.string().optional(),
    dryRun: z.boolean(),
    sabotage: z.string().optional().describe('name of the self-test: its failures are wanted'),
    overrides: z
      .object({ param: z.array(z.string()), set: z.array(z.string()) })
      .describe('what the command line laid over the drill: name=value, path=value'),
    quarantine: z
      .object({
        owner: z.string(),
        reason: z.string(),
        expires: z.string().describe('2026-12-01: from the beginning of this day (UTC) on, the verdict counts again'),
        inForce: z.boolean().describe('false: that day had come when the run began'),
      })
      .optional()
      .describe('firedrill.config.yaml has set the drill aside: while it is in force, the verdict fails no suite'),
    retryOf: z.string().optional().describe('id of the run that proved nothing, and was run again as this one'),
    warm: z
      .object({ name: z.string(), since: z.string().describe('wall clock, ISO 8601') })
      .optional()
      .describe('the warm cluster that it ran on, there before the run and after it; absent: one of its own'),
    configHash: z
      .string()
      .describe('the same for the same drill with the same params and settings on the same runtime'),
    versions: z.record(z.string(), z.string()),
    host: jsonObject,
    drill,
    startedAt: z.string().describe('wall clock, ISO 8601'),
    durationMs: z.number(),
    status: z.enum(['completed', 'aborted', 'interrupted']),
    verdict,
    problems: z.array(problem).describe('why the run as a whole proved nothing or was cut short'),
    cluster: z
      .enum(['restored', 'removed', 'undone', 'dirty'])
      .describe(
        'removed: it was ours, did not come to be as before, and nothing of it is left; undone: a rollback undid all that was done to it; dirty: a person is needed',
      ),
    differences: z.array(z.string()).describe('what is not as it was'),
    moved: z.array(z.string()).describe('roles that moved: no difference'),
    rolledBack: rollback.optional(),
    faults: z.array(fault),
    assertions: z.array(finding),
    measured: z.record(z.string(), workload).describe('by workload'),
    phases: z.array(z.object({ name: z.string(), atMs, detail: z.string() })).describe('what the servers said of it'),
    redundantAgainAtMs: bounds.optional().describe("when the hypothesis held again, on the run's clock"),
    offsets: z.object({ before: json, after: json }).optional().describe('replication offsets'),
    predicted: predicted.optional(),
    isr: z
      .object({ shrunkAtMs: atMs, recoveredAtMs: atMs.optional() })
      .optional()
      .describe("Kafka's in-sync replicas: when the first was seen to be out, and when the last was in again, to stay"),
    lag: z
      .object({ peak: z.number(), peakAtMs: atMs, convergedAtMs: atMs.optional() })
      .optional()
      .describe('how far consumers fell behind, in records, and when they were back under the limit of lagConvergence'),
    machine,
    watched: watchedSchema
      .optional()
      .describe('there when the run only watched: nothing was asked, so nothing is proved'),
  })
  .meta({ title: 'Result of one Firedrill run (result.json)' });

/** schema/result.schema.json. Unknown keys are allowed: later versions add some without a new `schema`. */
export function resultJsonSchema(): JsonObject {
  return z.toJSONSchema(resultSchema, { target: 'draft-7', io: 'input' }) as JsonObject;
}
