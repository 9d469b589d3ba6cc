import type { KafkaMetadata } from '../clients/kafka-metadata.ts';
import { unitOf } from '../clients/kafka-metadata.ts';
import type { KafkaNodes } from '../clients/kafka-nodes.ts';
import { type Clock, createClock } from '../core/clock.ts';
import { DrillError } from '../core/error.ts';
import type { LiveCounters } from '../core/journal.ts';
import type { RunningWorkload, WorkloadContext } from '../core/kinds.ts';
import type { AddressBook, NodeName } from '../core/node.ts';
import type { OpsHeader } from '../core/outcome.ts';
import { waitFor } from '../core/wait.ts';
import {
  type ConsumedLog,
  type Copy,
  type LogEnds,
  openLogNodes,
  readLog,
  readLogEnds,
  waitUntilRead,
  writeCopies,
} from './kafka-consumer-log.ts';
import { ConsumerMembers } from './kafka-consumer-members.ts';
import { Processed } from './kafka-consumer-processed.ts';
import type { AssignedUnit, ConsumerTerms, MemberLine } from './kafka-consumer-terms.ts';
import { decodeRecord } from './kafka-record.ts';
import { OpsRecorder } from './open-loop-recorder.ts';

/** A healthy start is no outage: members have this long to get ready. */
const startWithinMs = 10_000;
const leaveWithinMs = 5000;
/** Of the time for reading back, this much is for catching up. */
const CATCH_UP = 0.6;
/** What is committed and not processed by then, with nobody processing anything, is not under way any more. */
const quietMs = 1000;
/** The same of the same member is told once in this time. */
const repeatMs = 1000;
/** Each of them counts. */
const JOINED = 'joined';

export interface ConsumerPlan {
  readonly terms: ConsumerTerms;
  readonly members: number;
  /** What it reads, in the order of the units, each from where it begins. */
  readonly units: readonly AssignedUnit[];
  /** A reader without a group. */
  readonly assigned: boolean;
  readonly header: OpsHeader;
}

/** The processes of one consumer and what they said, from the start to the comparison with the log. */
export class ConsumerSession implements RunningWorkload {
  readonly members: ConsumerMembers;
  readonly #plan: ConsumerPlan;
  readonly #cx: WorkloadContext;
  readonly #clock: Clock;
  readonly #recorder: OpsRecorder;
  readonly #processed: Processed;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #told = new Map<string, number>();
  /** Members that have told something: that they read, or why they do not. */
  readonly #ready = new Set<NodeName>();
  #lastLineMs = 0;
  #ending = false;
  #closed = false;

  constructor(plan: ConsumerPlan, cx: WorkloadContext) {
    this.#plan = plan;
    this.#cx = cx;
    this.#clock = createClock(cx.originNs);
    this.#recorder = new OpsRecorder(cx.opsFile, plan.header);
    this.#recorder.failed.catch((error: DrillError) => this.#problem(error));
    this.#processed = new Processed(plan.units.length);
    this.#indexOf = new Map(plan.units.map(({ topic, partition }, at) => [unitOf(topic, partition), at]));
    this.members = new ConsumerMembers({
      workload: cx.name,
      runId: cx.runId,
      logFile: cx.opsFile.replace(/\.ndjson$/, '.log'),
      setupOf: (member, number) => ({
        member,
        client: cx.client,
        addresses: cx.addresses,
        originNs: String(cx.originNs),
        terms: plan.terms,
        assigned: plan.assigned ? plan.units.filter((_, at) => at % plan.members === (number - 1) % plan.members) : [],
      }),
      onLine: (member, line) => this.#take(member, line),
      onEnd: (member, how) => this.#mark(member, 'ended', how),
    });
  }

  /** Resolves when every member reads; one that takes longer shows in its operations. */
  async start(): Promise<void> {
    await this.members.scale(this.#plan.members);
    const ready = (): true | undefined =>
      this.members.names.every((name) => this.#ready.has(name)) ? true : undefined;
    const { signal } = this.#cx;
    await waitFor(ready, { withinMs: startWithinMs, everyMs: 10, signal, what: 'members' }).catch(() => undefined);
    signal.throwIfAborted();
  }

  counters(): LiveCounters {
    return this.#recorder.counters(this.#clock.nowMs());
  }

  async firstOk(withinMs: number): Promise<void> {
    const ask = (): true | undefined => (this.counters().ok > 0 ? true : undefined);
    const what = `workload ${this.#cx.name} to process its first record`;
    await waitFor(ask, { withinMs, everyMs: 10, signal: this.#cx.signal, what });
  }

  setPaused(paused: boolean): void {
    this.#recorder.allowSilence(paused);
    this.members.order({ type: 'pause', paused });
  }

  async seek(unit: string, offset: number): Promise<void> {
    const at = this.#indexOf.get(unit);
    const found = at === undefined ? undefined : this.#plan.units[at];
    if (found === undefined || this.#cx.client.startsWith('platformatic')) {
      const why = found === undefined ? `it does not read ${unit}` : `${this.#cx.client} cannot seek`;
      throw new DrillError('PLAN_REFUSED', `workload ${this.#cx.name}: ${why}`);
    }
    this.members.order({ type: 'seek', topic: found.topic, partition: found.partition, offset });
  }

  /** Goes on reading: what was written last is still to be processed. `readBack` ends it. */
  async stop(): Promise<void> {
    this.#recorder.allowSilence(true);
  }

  async readBack(probes: AddressBook, withinMs: number): Promise<void> {
    const { terms, assigned } = this.#plan;
    const log: ConsumedLog = { ...terms, group: assigned ? undefined : terms.group };
    using nodes = openLogNodes(probes, log);
    const read = (): Promise<LogEnds> => readLogEnds(nodes, probes, log);
    const last = await waitUntilRead(read, (ends) => this.#isRead(ends), withinMs * CATCH_UP);
    const caughtUp = this.#isRead(last);
    this.#ending = true;
    await this.members.endAll(leaveWithinMs);
    const after = await read().catch(() => last);
    // What was committed and under way when we ended it was not passed over by itself.
    const ends = caughtUp ? after : { ...after, committed: new Map<string, number>() };
    const copies: Copy[] = [];
    for (const [at, { topic, partition }] of this.#plan.units.entries()) {
      copies.push(...(await this.#compare(nodes, ends, { at, unit: unitOf(topic, partition) })));
    }
    await writeCopies(this.#cx.readBackFile, copies);
    await this.#close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true;
    await this.members.endAll(0);
    await this.#close().catch(() => undefined);
  }

  #take(member: NodeName, line: MemberLine): void {
    if (line[0] === 'mark') {
      this.#mark(member, line[1], line[2]);
      return;
    }
    const [, topic, partition, offset, i, sentMs, processedMs] = line;
    const unit = this.#indexOf.get(unitOf(topic, partition));
    if (unit === undefined || this.#closed) return;
    this.#lastLineMs = this.#clock.nowMs();
    const op = this.#processed.add({ unit, offset, i, sentMs, processedMs });
    if (op !== undefined) this.#recorder.record(op);
  }

  #mark(member: NodeName, what: string, detail: string): void {
    this.#ready.add(member);
    if (this.#ending) return;
    const nowMs = this.#clock.nowMs();
    const key = `${member} ${what} ${detail}`;
    if (what !== JOINED && nowMs - (this.#told.get(key) ?? Number.NEGATIVE_INFINITY) < repeatMs) return;
    this.#told.set(key, nowMs);
    this.#cx.journal.write({ type: 'mark', mark: `consumer ${what}`, source: member, detail });
  }

  #isRead({ ends, committed }: LogEnds): boolean {
    const quiet = this.#clock.nowMs() - this.#lastLineMs > quietMs + 2 * this.#plan.terms.processingMs;
    return this.#plan.units.every(({ topic, partition, offset }, at) => {
      const unit = unitOf(topic, partition);
      const end = ends.get(unit) ?? 0;
      return (this.#processed.next(at) ?? offset) >= end || (quiet && (committed.get(unit) ?? 0) >= end);
    });
  }

  /** Adds what was not processed to the operations. The log, and the order in which it was processed. */
  async #compare(
    nodes: KafkaNodes,
    { metadata, ends, committed }: LogEnds,
    { at, unit }: { readonly at: number; readonly unit: string },
  ): Promise<readonly Copy[]> {
    const from = this.#plan.units[at]?.offset ?? 0;
    const goneOnFrom = Math.max(committed.get(unit) ?? 0, this.#processed.next(at) ?? 0);
    const nowMs = this.#clock.nowMs();
    const values: number[] = [];
    for await (const records of readLog(nodes, metadata, { unit, from, to: ends.get(unit) ?? from })) {
      for (const { offset, value, timestampMs } of records) {
        const ours = decodeRecord(value);
        if (this.#plan.terms.ledger !== undefined && ours?.ledger !== this.#plan.terms.ledger) continue;
        const i = ours?.i ?? offset;
        values.push(i);
        if (this.#processed.has(at, offset)) continue;
        const sentMs = ours === undefined ? nowMs - Math.max(0, Date.now() - timestampMs) : ours.sentNs / 1e6;
        const errorCode = offset < goneOnFrom ? 'NOT_PROCESSED' : 'NOT_REACHED';
        this.#recorder.record({
          i,
          unit: at,
          dueMs: sentMs,
          sentMs,
          settledMs: Math.max(nowMs, sentMs),
          outcome: 'failed',
          errorCode,
        });
      }
    }
    const leader = leaderOf(metadata, unit);
    return [
      { unit, from: leader, authoritative: true, values },
      { unit, from: this.#cx.name, authoritative: false, values: this.#processed.order(at) },
    ];
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#recorder.close();
  }

  #problem({ code, message, at, hint }: DrillError): void {
    const where = { ...(at === undefined ? {} : { at }), ...(hint === undefined ? {} : { hint }) };
    this.#cx.journal.write({ type: 'problem', code, message, ...where });
  }
}

function leaderOf({ partitions, brokers }: KafkaMetadata, unit: string): NodeName {
  return brokers.get(partitions.get(unit)?.leader ?? -1) ?? '';
}
