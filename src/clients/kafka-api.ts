// The calls of Kafka's protocol that we make, in the versions that every 4.x broker speaks.
import { protocolErrorsCodesById } from '@platformatic/kafka';

export {
  alterPartitionReassignmentsV0,
  apiVersionsV3,
  apiVersionsV4,
  consumerGroupDescribeV0,
  consumerGroupHeartbeatV0,
  createTopicsV7,
  deleteGroupsV2,
  deleteTopicsV6,
  describeAclsV3,
  describeClusterV1,
  describeConfigsV4,
  describeGroupsV5,
  describeLogDirsV4,
  describeQuorumV2,
  describeTopicPartitionsV0,
  fetchV13,
  findCoordinatorV4,
  leaveGroupV5,
  listGroupsV5,
  listOffsetsV7,
  listPartitionReassignmentsV0,
  metadataV12,
  offsetCommitV8,
  offsetFetchV8,
  produceV9,
} from '@platformatic/kafka';

/** `NOT_LEADER_OR_FOLLOWER` for 6; the number itself where it has no name. */
export function kafkaErrorName(code: number): string {
  return protocolErrorsCodesById[code] ?? `KAFKA_${code}`;
}
