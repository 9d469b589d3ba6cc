// The calls of Kafka's protocol that we make, in the versions that every 4.x broker speaks.
import { createRequire } from 'node:module';

type Library = typeof import('@platformatic/kafka');

const require = createRequire(import.meta.url);

/**
 * Loaded when it is asked for the first time, at once and for half a second: it compiles its schemas, for which no command
 * that asks no Kafka should wait. Who measures asks for it before.
 */
export function kafkaLibrary(): Library {
  return require('@platformatic/kafka') as Library;
}

type CallName = {
  [Name in keyof Library]: Library[Name] extends { readonly api: unknown } ? Name : never;
}[keyof Library];

/** Named, so that its type can be written down where a package is built. */
interface Call<Name extends CallName> {
  readonly api: Library[Name]['api'];
}

function call<Name extends CallName>(name: Name): Call<Name> {
  return {
    get api() {
      return kafkaLibrary()[name].api;
    },
  };
}

export const alterPartitionReassignmentsV0: Call<'alterPartitionReassignmentsV0'> = call(
  'alterPartitionReassignmentsV0',
);
export const apiVersionsV3: Call<'apiVersionsV3'> = call('apiVersionsV3');
export const apiVersionsV4: Call<'apiVersionsV4'> = call('apiVersionsV4');
export const consumerGroupDescribeV0: Call<'consumerGroupDescribeV0'> = call('consumerGroupDescribeV0');
export const consumerGroupHeartbeatV0: Call<'consumerGroupHeartbeatV0'> = call('consumerGroupHeartbeatV0');
export const createTopicsV7: Call<'createTopicsV7'> = call('createTopicsV7');
export const deleteGroupsV2: Call<'deleteGroupsV2'> = call('deleteGroupsV2');
export const deleteTopicsV6: Call<'deleteTopicsV6'> = call('deleteTopicsV6');
export const describeAclsV3: Call<'describeAclsV3'> = call('describeAclsV3');
export const describeClusterV1: Call<'describeClusterV1'> = call('describeClusterV1');
export const describeConfigsV4: Call<'describeConfigsV4'> = call('describeConfigsV4');
export const describeGroupsV5: Call<'describeGroupsV5'> = call('describeGroupsV5');
export const describeLogDirsV4: Call<'describeLogDirsV4'> = call('describeLogDirsV4');
export const describeQuorumV2: Call<'describeQuorumV2'> = call('describeQuorumV2');
export const describeTopicPartitionsV0: Call<'describeTopicPartitionsV0'> = call('describeTopicPartitionsV0');
export const fetchV13: Call<'fetchV13'> = call('fetchV13');
export const findCoordinatorV4: Call<'findCoordinatorV4'> = call('findCoordinatorV4');
export const leaveGroupV5: Call<'leaveGroupV5'> = call('leaveGroupV5');
export const listGroupsV5: Call<'listGroupsV5'> = call('listGroupsV5');
export const listOffsetsV7: Call<'listOffsetsV7'> = call('listOffsetsV7');
export const listPartitionReassignmentsV0: Call<'listPartitionReassignmentsV0'> = call('listPartitionReassignmentsV0');
export const metadataV12: Call<'metadataV12'> = call('metadataV12');
export const offsetCommitV8: Call<'offsetCommitV8'> = call('offsetCommitV8');
export const offsetFetchV8: Call<'offsetFetchV8'> = call('offsetFetchV8');
export const produceV9: Call<'produceV9'> = call('produceV9');

/** `NOT_LEADER_OR_FOLLOWER` for 6; the number itself where it has no name. */
export function kafkaErrorName(code: number): string {
  return kafkaLibrary().protocolErrorsCodesById[code] ?? `KAFKA_${code}`;
}
