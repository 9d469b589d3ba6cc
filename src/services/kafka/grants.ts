import type { Grantee, Right } from '../../core/kinds.ts';

/** What lets one describe, or describe the settings, besides. */
const IMPLIES: Readonly<Record<string, readonly string[]>> = {
  Describe: ['Read', 'Write', 'Delete', 'Alter'],
  DescribeConfigs: ['AlterConfigs'],
};

/** A kafka-acls.sh for each resource. Brokers and controllers have one access list. */
export function grants(rights: readonly Right[], { user, users, prefix }: Grantee): readonly string[] {
  const byResource = Map.groupBy(
    rights.map(({ act: [operation = '', type = '', name = ''] }) => ({
      operation,
      resource: resourceOf(type, name, prefix),
    })),
    ({ resource }) => resource,
  );
  const toAll = new Set((byResource.get(resourceOf('Topic', '*', prefix)) ?? []).map(({ operation }) => operation));
  const lines = [...byResource].flatMap(([resource, own]) => {
    const operations = new Set(own.map(({ operation }) => operation));
    const needed = [...operations].filter((operation) => {
      const isImplied = IMPLIES[operation]?.some((other) => operations.has(other)) === true;
      const isGivenToAll =
        resource.startsWith('--topic') && !resource.startsWith("--topic '*'") && toAll.has(operation);
      return !isImplied && !isGivenToAll;
    });
    if (needed.length === 0) return [];
    const flags = needed.sort().map((operation) => `--operation ${operation}`);
    return [`${KAFKA_ACLS} --allow-principal User:${users?.['broker'] ?? user} ${flags.join(' ')} ${resource}`];
  });
  return lines.length === 0 ? [] : ['# once, by who may alter the cluster', ...lines];
}

const KAFKA_ACLS = 'kafka-acls.sh --bootstrap-server BROKER --command-config ADMIN.properties --add';

function resourceOf(type: string, name: string, prefix: string): string {
  if (type === 'Cluster') return '--cluster';
  const flag = `--${type.toLowerCase()}`;
  if (name === '*') return `${flag} '*'`;
  return name.startsWith(prefix) ? `${flag} ${prefix} --resource-pattern-type prefixed` : `${flag} ${name}`;
}
