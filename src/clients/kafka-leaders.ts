// Who leads which partition, as the oracle sees it: of what the brokers say, the highest leader epoch wins. A broker that
// is cut off goes on naming itself, and says so with an epoch that is over.
import type { Address, AddressBook, NodeName } from '../core/node.ts';
import { type KafkaWay, wayTo } from './kafka-access.ts';
import { metadataV12 } from './kafka-api.ts';
import { openKafkaNodes } from './kafka-nodes.ts';

const calmMs = 250;
const troubledMs = 20;
const troubleLastsMs = 2000;
const timeoutMs = 300;

export interface KafkaLeadersOptions {
  readonly addresses: AddressBook;
  /** The service's name in the cluster. */
  readonly service: string;
  readonly topic: string;
  readonly partitions: readonly number[];
  /** Told at first and whenever the leader's address is another one; undefined while nobody leads the partition. */
  onLeader(partition: number, leader: KafkaWay | undefined): void;
}

export interface KafkaLeaders extends AsyncDisposable {
  /** Resolves once every partition has had a leader. */
  readonly known: Promise<void>;
  /** Something failed: asks at once, and for the next 2 s every 20 ms instead of every 250 ms. */
  hurry(): void;
}

/** Asks every broker for itself, on connections that are replaced on their first error: nobody waits for a dead one. */
export function followLeaders(options: KafkaLeadersOptions): KafkaLeaders {
  const { addresses, service, topic, partitions } = options;
  const nodes = openKafkaNodes(addresses, { timeoutMs, service, role: 'broker' });
  const known = Promise.withResolvers<void>();
  const leaders = new Leaders(partitions, (partition, announced) => {
    options.onLeader(partition, announced === undefined ? undefined : wayTo(announced, addresses, service));
    if (leaders.complete) known.resolve();
  });
  const pace = new Pace();
  const follow = async (node: NodeName): Promise<void> => {
    while (!pace.ended) {
      const answer = await nodes
        .ask(node, (connection) => connection.ask(metadataV12.api, [[topic], false]))
        .catch(() => undefined);
      if (answer !== undefined && !pace.ended) leaders.take(answer, topic);
      await pace.rest();
    }
  };
  const loops = nodes.nodes.map((row) => follow(row.node));
  return {
    known: known.promise,
    hurry: () => pace.hurry(),
    [Symbol.asyncDispose]: async () => {
      pace.end();
      nodes[Symbol.dispose]();
      await Promise.all(loops);
    },
  };
}

type Answer = Awaited<ReturnType<typeof metadataV12.api.async>>;

/** The bookkeeping: who leads by the highest epoch heard of so far. */
export class Leaders {
  readonly #partitions: ReadonlySet<number>;
  readonly #onLeader: (partition: number, announced: Address | undefined) => void;
  readonly #epochs = new Map<number, number>();
  readonly #told = new Map<number, string>();
  readonly #brokers = new Map<number, Address>();
  readonly #led = new Set<number>();

  constructor(partitions: readonly number[], onLeader: (partition: number, announced: Address | undefined) => void) {
    this.#partitions = new Set(partitions);
    this.#onLeader = onLeader;
  }

  /** Every partition has had a leader. */
  get complete(): boolean {
    return this.#led.size === this.#partitions.size;
  }

  take(answer: Answer, topic: string): void {
    for (const { nodeId, host, port } of answer.brokers) this.#brokers.set(nodeId, { host, port });
    const said = answer.topics.find(({ name }) => name === topic);
    for (const { partitionIndex, leaderId, leaderEpoch } of said?.partitions ?? []) {
      const epoch = this.#epochs.get(partitionIndex) ?? -1;
      const leader = this.#brokers.get(leaderId);
      // With the epoch that is known, a broker that names nobody only lacks the leader's address: nobody at all is a new one.
      const newer = leader === undefined ? leaderEpoch > epoch : leaderEpoch >= epoch;
      if (!newer || !this.#partitions.has(partitionIndex)) continue;
      this.#epochs.set(partitionIndex, leaderEpoch);
      this.#tell(partitionIndex, leader);
    }
  }

  #tell(partition: number, leader: Address | undefined): void {
    const key = leader === undefined ? 'nobody' : `${leader.host}:${leader.port}`;
    if (this.#told.get(partition) === key) return;
    this.#told.set(partition, key);
    if (leader !== undefined) this.#led.add(partition);
    this.#onLeader(partition, leader);
  }
}

/** The rest between two questions, which trouble cuts short. */
class Pace {
  ended = false;
  #troubledUntilMs = Number.NEGATIVE_INFINITY;
  readonly #resting = new Set<() => void>();

  hurry(): void {
    const calm = performance.now() > this.#troubledUntilMs;
    this.#troubledUntilMs = performance.now() + troubleLastsMs;
    if (calm) this.#wake();
  }

  end(): void {
    this.ended = true;
    this.#wake();
  }

  async rest(): Promise<void> {
    if (this.ended) return;
    const nowMs = performance.now();
    const everyMs = nowMs < this.#troubledUntilMs ? troubledMs : calmMs;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#resting.delete(wake);
        resolve();
      };
      // All brokers at once: every wake-up of a thread costs.
      const timer = setTimeout(wake, everyMs - (nowMs % everyMs));
      this.#resting.add(wake);
    });
  }

  #wake(): void {
    for (const wake of this.#resting) wake();
  }
}
