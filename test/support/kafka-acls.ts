// ACLs for a test's Kafka: `Read on topic firedrill-*` for a user.
import { type Acl, createAclsV3, deleteAclsV3 } from '@platformatic/kafka';
import type { KafkaConnection } from '../../src/clients/kafka-connection.ts';

/** By Kafka's own numbers. */
const OPERATIONS =
  'Unknown Any All Read Write Create Delete Alter Describe ClusterAction DescribeConfigs AlterConfigs IdempotentWrite'.split(
    ' ',
  );
const RESOURCES = { topic: 2, group: 3, cluster: 4 } as const;
const LITERAL = 3;
const PREFIXED = 4;
const ALLOW = 3;

/** `Describe on the cluster`, `Read on topic orders`, `Delete on group firedrill-*`. */
export async function allow(connection: KafkaConnection, user: string, rights: readonly string[]): Promise<void> {
  const creations = rights.map((right) => creationOf(right, user));
  const { results } = await connection.ask(createAclsV3.api, [creations]);
  const refused = results.find(({ errorCode }) => errorCode !== 0);
  if (refused !== undefined) throw new Error(`an ACL was refused: ${refused.errorMessage ?? refused.errorCode}`);
}

/** Takes them away again. */
export async function disallow(connection: KafkaConnection, user: string, rights: readonly string[]): Promise<void> {
  const filters = rights.map((right) => creationOf(right, user));
  const { filterResults } = await connection.ask(deleteAclsV3.api, [filters]);
  const gone = filterResults.flatMap(({ matchingAcls }) => matchingAcls);
  if (gone.length !== rights.length) throw new Error(`${gone.length} ACLs are gone of ${rights.join(', ')}`);
}

function creationOf(right: string, user: string): Acl {
  const [, operation = '', kind = '', name = 'kafka-cluster'] =
    /^(\w+) on (?:the )?(topic|group|cluster)(?: (.+))?$/.exec(right) ?? [];
  const resourceType = RESOURCES[kind as keyof typeof RESOURCES];
  const number = OPERATIONS.indexOf(operation);
  if (number < 0 || resourceType === undefined) throw new Error(`not a right: ${right}`);
  const isPrefix = name.endsWith('*') && name !== '*';
  return {
    resourceType,
    resourceName: isPrefix ? name.slice(0, -1) : name,
    resourcePatternType: isPrefix ? PREFIXED : LITERAL,
    principal: `User:${user}`,
    host: '*',
    operation: number as Acl['operation'],
    permissionType: ALLOW,
  };
}
