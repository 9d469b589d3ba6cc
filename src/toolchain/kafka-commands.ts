// Kafka's own command line tools under the names that runbooks call them by: what its bin/ directory has, made from the jars.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from './recipe.ts';

const TOOLS = 'org.apache.kafka.tools';

/** Command → main class, as in the bin/ directory of Kafka 4.3. */
export const kafkaCommands: Readonly<Record<string, string>> = {
  'kafka-acls': `${TOOLS}.AclCommand`,
  'kafka-broker-api-versions': `${TOOLS}.BrokerApiVersionsCommand`,
  'kafka-client-metrics': `${TOOLS}.ClientMetricsCommand`,
  'kafka-cluster': `${TOOLS}.ClusterTool`,
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': `${TOOLS}.consumer.ConsoleConsumer`,
  'kafka-console-producer': `${TOOLS}.ConsoleProducer`,
  'kafka-console-share-consumer': `${TOOLS}.consumer.ConsoleShareConsumer`,
  'kafka-consumer-groups': `${TOOLS}.consumer.group.ConsumerGroupCommand`,
  'kafka-consumer-perf-test': `${TOOLS}.ConsumerPerformance`,
  'kafka-delegation-tokens': `${TOOLS}.DelegationTokenCommand`,
  'kafka-delete-records': `${TOOLS}.DeleteRecordsCommand`,
  'kafka-dump-log': `${TOOLS}.DumpLogSegments`,
  'kafka-features': `${TOOLS}.FeatureCommand`,
  'kafka-get-offsets': `${TOOLS}.GetOffsetShell`,
  'kafka-groups': `${TOOLS}.GroupsCommand`,
  'kafka-jmx': `${TOOLS}.JmxTool`,
  'kafka-leader-election': `${TOOLS}.LeaderElectionCommand`,
  'kafka-log-dirs': `${TOOLS}.LogDirsCommand`,
  'kafka-metadata-quorum': `${TOOLS}.MetadataQuorumCommand`,
  'kafka-producer-perf-test': `${TOOLS}.ProducerPerformance`,
  'kafka-reassign-partitions': `${TOOLS}.reassign.ReassignPartitionsCommand`,
  'kafka-replica-verification': `${TOOLS}.ReplicaVerificationTool`,
  'kafka-share-groups': `${TOOLS}.consumer.group.ShareGroupCommand`,
  'kafka-storage': 'kafka.tools.StorageTool',
  'kafka-streams-groups': `${TOOLS}.streams.StreamsGroupCommand`,
  'kafka-topics': `${TOOLS}.TopicCommand`,
  'kafka-transactions': `${TOOLS}.TransactionsCommand`,
  'kafka-verifiable-consumer': `${TOOLS}.VerifiableConsumer`,
  'kafka-verifiable-producer': `${TOOLS}.VerifiableProducer`,
  // Whatever main class is named: old runbooks do, and some of those classes have moved.
  'kafka-run-class': '',
};

/** A tool lives for a second: nothing of it is worth compiling twice. Its log is its stderr. */
const flags = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
  `-Dlog4j2.configurationFile=${fileURLToPath(new URL('../../fixtures/toolchain/kafka/tools-log4j2.properties', import.meta.url))}`,
];

/**
 * Writes each as `kafka-topics` and `kafka-topics.sh` into `directory`. Names of brokers are looked up in `hostsFile` and
 * nowhere else. `tools` is the toolchain's kafka-tools.
 */
export async function writeKafkaCommands(directory: string, tools: Program, hostsFile: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const env = Object.entries(tools.env ?? {}).map(([name, value]) => `${name}=${quote(value)} `);
  const java = [tools.path, ...flags, `-Djdk.net.hosts.file=${hostsFile}`, ...(tools.args ?? [])].map(quote).join(' ');
  const written = Object.entries(kafkaCommands).flatMap(([name, main]) => {
    const text = `#!/bin/sh\n${env.join('')}exec ${java}${main === '' ? '' : ` ${main}`} "$@"\n`;
    return [name, `${name}.sh`].map((file) => writeScript(join(directory, file), text));
  });
  await Promise.all(written);
}

async function writeScript(file: string, text: string): Promise<void> {
  await writeFile(file, text);
  await chmod(file, 0o755);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
