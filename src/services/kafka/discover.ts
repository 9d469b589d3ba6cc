// Somebody else's Kafka, from its bootstrap servers: which brokers there are, and where they stand. Only looks.
import { apiVersionsV3, describeQuorumV2, metadataV12 } from '../../clients/kafka-api.ts';
import { connectKafka, KAFKA_PROBE_CLIENT, type KafkaConnection } from '../../clients/kafka-connection.ts';
import { isDenied } from '../../clients/kafka-denied.ts';
import { NODE_ID } from '../../clients/kafka-ids.ts';
import { tlsHint } from '../../clients/tls-hint.ts';
import { DrillError } from '../../core/error.ts';
import type { FoundNode, ServiceTarget } from '../../core/kinds.ts';
import type { Address } from '../../core/node.ts';
import { namePrefix } from './topology.ts';

const ASK_TIMEOUT_MS = 5000;
const LISTENER = 'client';

type Metadata = Awaited<ReturnType<typeof metadataV12.api.async>>;

/** Brokers by number. Controllers of their own are not found: clients cannot reach them. */
export async function discover(target: ServiceTarget, signal: AbortSignal): Promise<readonly FoundNode[]> {
  const answers = await Promise.all(target.seeds.map((seed) => askSeed(seed, target, signal)));
  signal.throwIfAborted();
  const said = answers.flatMap((answer) => (answer instanceof Error ? [] : [answer]));
  if (said.length === 0) throw nobodyAnswers(target, answers);
  // One that was restarted while it was asked knows fewer: whoever any of them knows is there.
  const brokers = new Map(said.flatMap((answer) => answer.brokers).map((broker) => [broker.nodeId, broker]));
  return [...brokers.values()].sort((a, b) => a.nodeId - b.nodeId).map((broker) => nodeOf(broker, target));
}

async function askSeed(seed: Address, target: ServiceTarget, signal: AbortSignal): Promise<Metadata | Error> {
  const access = target.access['broker'];
  const way = { announced: seed, address: wayOf(seed, target), ...(access === undefined ? {} : { access }) };
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([askMetadata(way), aborted.promise]);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function askMetadata(way: Parameters<typeof connectKafka>[0]): Promise<Metadata> {
  using connection = await connectKafka(way, { timeoutMs: ASK_TIMEOUT_MS, clientId: KAFKA_PROBE_CLIENT });
  await checkVersion(connection);
  return await connection.ask(metadataV12.api, [[], false]);
}

/** What we ask later, older brokers do not understand: they would close the connection. */
async function checkVersion(connection: KafkaConnection): Promise<void> {
  const { apiKeys } = await connection.ask(apiVersionsV3.api, ['firedrill', '1']);
  const quorum = apiKeys.find(({ apiKey }) => apiKey === describeQuorumV2.api.key);
  if (quorum !== undefined && quorum.maxVersion >= describeQuorumV2.api.version) return;
  throw new DrillError('PLAN_REFUSED', 'it is older than Kafka 4.0, or is not in KRaft mode', {
    hint: 'Firedrill speaks with brokers of Kafka 4.',
  });
}

function wayOf(announced: Address, { ways }: ServiceTarget): Address {
  return ways[`${announced.host}:${announced.port}`] ?? announced;
}

function nodeOf({ nodeId, host, port, rack }: Metadata['brokers'][number], target: ServiceTarget): FoundNode {
  const announced = { host, port };
  return {
    name: `${namePrefix(target.name)}broker-${nodeId}`,
    role: 'broker',
    listener: LISTENER,
    announced,
    address: wayOf(announced, target),
    zone: rack ?? undefined,
    terms: { [NODE_ID]: String(nodeId) },
  };
}

/** What each of them said. Where none lets us in, it is not the cluster that has failed. */
function nobodyAnswers({ name, seeds, access }: ServiceTarget, answers: readonly (Metadata | Error)[]): DrillError {
  const errors = answers.filter((answer) => answer instanceof Error);
  const denials = errors.filter(isDenied);
  const reasons = errors.map(({ message }, at) => `${seeds[at]?.host}:${seeds[at]?.port}: ${message}`);
  const code = denials.length === errors.length ? denials[0]?.code : undefined;
  return new DrillError(code ?? 'CLUSTER_FAILED', `no bootstrap server of ${name} answers: ${reasons.join('; ')}`, {
    hint:
      denials[0]?.hint ??
      tlsHint(reasons.join('\n'), access['broker'], 'broker') ??
      'Can they be reached from here, and does the target file say how they are entered?',
  });
}
