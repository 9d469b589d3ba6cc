// What Kafka lets us do, as it says itself when it is asked to describe something: nothing of it is done.
import {
  describeAclsV3,
  describeClusterV1,
  describeGroupsV5,
  describeLogDirsV4,
  kafkaErrorName,
  metadataV12,
} from './kafka-api.ts';
import type { KafkaConnection } from './kafka-connection.ts';

/** In the order of Kafka's own numbers. */
const OPERATIONS =
  'Unknown Any All Read Write Create Delete Alter Describe ClusterAction DescribeConfigs AlterConfigs IdempotentWrite'.split(
    ' ',
  );
const RESOURCE_TYPES = { Topic: 2, Group: 3, Cluster: 4 } as const;

/** Each of these lets one describe as well. */
export const IMPLY_DESCRIBE: readonly string[] = ['Describe', 'Read', 'Write', 'Delete', 'Alter'];

/** `granted`: all that we may do. `denied`: not even to describe it. `untold`: Kafka does not say; why. */
export type Authorized =
  | { readonly told: 'granted'; readonly operations: ReadonlySet<string> }
  | { readonly told: 'denied' }
  | { readonly told: 'untold'; readonly because: string };

/** Who may not describe the cluster hears nothing of it. Of a controller with `isController`. */
export async function authorizedOnCluster(connection: KafkaConnection, isController: boolean): Promise<Authorized> {
  const answer = await connection.ask(describeClusterV1.api, [true, isController ? CONTROLLERS : BROKERS]);
  if (answer.errorCode !== 0) return untold('DescribeCluster', answer.errorCode);
  const operations = operationsIn(answer.clusterAuthorizedOperations);
  return operations.size === 0 ? { told: 'denied' } : { told: 'granted', operations };
}

const BROKERS = 1;
const CONTROLLERS = 2;

/** By name; null = all that we are shown. Of a topic that is not there yet it is told too. */
export async function authorizedOnTopics(
  connection: KafkaConnection,
  topics: readonly string[] | null,
): Promise<ReadonlyMap<string, Authorized>> {
  const answer = await connection.ask(metadataV12.api, [topics === null ? null : [...topics], false, true]);
  return new Map(
    answer.topics.flatMap(({ name, errorCode, topicAuthorizedOperations }) => {
      if (name == null) return [];
      const error = kafkaErrorName(errorCode);
      if (error === 'TOPIC_AUTHORIZATION_FAILED') return [[name, { told: 'denied' }] as const];
      if (topicAuthorizedOperations === NOT_ASKED) return [[name, untold('Metadata', errorCode)] as const];
      return [[name, { told: 'granted', operations: operationsIn(topicAuthorizedOperations) }] as const];
    }),
  );
}

/** Only its coordinator knows: others say that they are not it, which they do not say to those who may not describe it. */
export async function authorizedOnGroup(connection: KafkaConnection, group: string): Promise<Authorized> {
  const { groups } = await connection.ask(describeGroupsV5.api, [[group], true]);
  const found = groups[0];
  if (found === undefined) return { told: 'untold', because: 'DescribeGroups: no answer' };
  if (kafkaErrorName(found.errorCode) === 'GROUP_AUTHORIZATION_FAILED') return { told: 'denied' };
  if (found.errorCode !== 0 || found.authorizedOperations === NOT_ASKED)
    return untold('DescribeGroups', found.errorCode);
  return { told: 'granted', operations: operationsIn(found.authorizedOperations) };
}

/** Topics of which this broker has a log, whoever may see them. Undefined = we may not describe the cluster. */
export async function topicsOnDisk(connection: KafkaConnection): Promise<readonly string[] | undefined> {
  const { errorCode, results } = await connection.ask(describeLogDirsV4.api, [null]);
  if (errorCode !== 0) return undefined;
  return results.flatMap(({ topics }) => topics.map(({ name }) => name));
}

/** Operations that ACLs give to a user on a resource. Undefined = we may not read them. Super users need none. */
export async function operationsByAcl(
  connection: KafkaConnection,
  user: string,
  { type, name }: { readonly type: keyof typeof RESOURCE_TYPES; readonly name: string },
): Promise<ReadonlySet<string> | undefined> {
  const answer = await connection.ask(describeAclsV3.api, [
    {
      resourceType: RESOURCE_TYPES[type],
      resourceName: name,
      resourcePatternType: MATCHING,
      principal: null,
      host: null,
      operation: ANY,
      permissionType: ANY,
    },
  ]);
  if (answer.errorCode !== 0) return undefined;
  const own = answer.resources
    .flatMap(({ acls }) => acls)
    .filter(({ principal, host }) => [`User:${user}`, 'User:*'].includes(principal) && host === '*');
  const under = (permission: number): readonly string[] =>
    own.filter((acl) => acl.permissionType === permission).map(({ operation }) => OPERATIONS[operation] ?? '');
  const [allowed, denied] = [under(ALLOW), under(DENY)];
  const given = allowed.includes('All') ? OPERATIONS : allowed;
  const implied = given.some((operation) => IMPLY_DESCRIBE.includes(operation)) ? ['Describe'] : [];
  return new Set([...given, ...implied].filter((operation) => !denied.includes(operation) && !denied.includes('All')));
}

const ANY = 1;
const MATCHING = 2;
const DENY = 2;
const ALLOW = 3;

/** What stands where Kafka tells no operations. */
const NOT_ASKED = -2_147_483_648;

function operationsIn(bits: number): ReadonlySet<string> {
  if (bits === NOT_ASKED) return new Set();
  return new Set(OPERATIONS.filter((_, number) => (bits & (1 << number)) !== 0));
}

function untold(call: string, code: number): Authorized {
  return { told: 'untold', because: `${call}: ${code === 0 ? 'it is not told' : kafkaErrorName(code)}` };
}
