// `npm run least-privilege`: writes docs/least-privilege.md, from the rights that the kinds say they need.
import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtin } from '../src/builtin.ts';
import { type DrillRights, rightsOfDrill } from '../src/cli/rights/of-drill.ts';
import { watchOfKind } from '../src/cli/rights/of-watch.ts';
import { WATCHED_KINDS } from '../src/cli/watch/standard.ts';
import { loadDrill } from '../src/drill/load.ts';

export const leastPrivilegeFile = fileURLToPath(new URL('../docs/least-privilege.md', import.meta.url));

const GRANTEE = { user: 'firedrill', prefix: 'firedrill-' };
const SUFFIX = '.drill.yaml';

const INTRODUCTION = `# Least privilege

<!-- Written by "npm run least-privilege" from what the kinds say that they need: change those. -->

What the user of a [target](your-own-cluster.md) must be allowed for each drill, and for a [watch](watch.md), and nothing besides.
\`firedrill rights <drill> --target <name>\` prints the commands for a target, with its users, its prefix and its services; other drills,
names and prefixes without one: \`--user <name> --prefix <prefix>\`. \`firedrill rights --watch\` is of a watch. With exactly these a drill passes.
With any one less, the [dry run](dry-run.md), and a watch before it begins, names the one that is missing, without having used it.

- Redis nodes and Sentinels have access lists of their own: the user is made on **every** one of them, each with its password
  (\`>secret\`, or \`#\` and its SHA-256). \`ACL SAVE\`, or \`CONFIG REWRITE\`, keeps them.
- Kafka's are made once. \`BROKER\` is one of its brokers, and \`ADMIN.properties\` says how somebody is let in who may alter the cluster.
- \`acl|whoami\` and \`acl|dryrun\` are for the dry run only: with them a node says what the user may do. A drill does without.
- Keys begin with \`firedrill:\`, topics and groups with the target's prefix. Nothing else is written.
- \`Describe\` and \`DescribeConfigs\` on all topics are for what a failure does to them: margins, predictions, the steady state.
- Arguments are examples: the Sentinels' name of the primary need not be \`mymaster\`.
- Faults that need control of nodes use none of these rights: the target file says how nodes are stopped and started.
`;

const target = { file: 'docs', params: {}, prefix: GRANTEE.prefix };

/** Of each kind of service, with and without writes. */
function watchRights(): readonly DrillRights[] {
  return WATCHED_KINDS.flatMap((kind) =>
    [true, false].map((writes) => ({
      ...rightsOfDrill(watchOfKind(kind, { registry: builtin, attachTo: target, writes }), builtin, GRANTEE),
      drill: `watch of ${kind}${writes ? '' : ' with --no-writes'}`,
    })),
  );
}

/** All shipped drills, by name. */
async function allRights(): Promise<readonly DrillRights[]> {
  const names = readdirSync('drills').filter((name) => name.endsWith(SUFFIX));
  return Promise.all(
    names
      .sort((a, b) => a.localeCompare(b))
      .map(async (name) => {
        const { drill } = await loadDrill(`drills/${name}`, { registry: builtin, target });
        return rightsOfDrill(drill, builtin, GRANTEE);
      }),
  );
}

/** Drills that need the same are told together. */
function commandSections(all: readonly DrillRights[]): readonly string[] {
  const same = Map.groupBy(all, ({ commands }) => commands.join('\n'));
  return [...same].flatMap(([commands, own]) => [
    `## ${own.map(({ drill }) => drill).join(', ')}`,
    '',
    '```sh',
    commands,
    '```',
    '',
  ]);
}

function controlTable(all: readonly DrillRights[]): readonly string[] {
  const rows = all.map(({ drill, control }) => {
    const steps = Object.entries(control).map(([step, needs]) => `${needs.join(', ')} (${step})`);
    return `| ${drill} | ${steps.join('; ') || 'none'} |`;
  });
  return ['| drill | control of nodes, by step |', '|---|---|', ...rows, ''];
}

/** Why each is needed, by the kinds that need it. */
function reasonTable(all: readonly DrillRights[]): readonly string[] {
  const reasons = new Map<string, Set<string>>();
  for (const { rights } of all) {
    for (const { role, act, neededBy } of rights) {
      if (role === 'controller') continue;
      const key = `| ${role} | \`${act.join(' ')}\` |`;
      const known = reasons.get(key) ?? new Set();
      reasons.set(key, known);
      for (const who of neededBy) known.add(/\((.+)\)$/.exec(who)?.[1] ?? who.replace(/^(probe|service) /, ''));
    }
  }
  const rows = [...reasons]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, who]) => `${key} ${[...who].join(', ')} |`);
  return ['| of each | right | for |', '|---|---|---|', ...rows, ''];
}

export async function renderLeastPrivilege(): Promise<string> {
  const all = await allRights();
  const watches = watchRights();
  const possible = all.filter(({ impossible }) => impossible === undefined);
  const impossible = all.filter((one) => one.impossible !== undefined);
  return [
    INTRODUCTION,
    ...commandSections([...possible, ...watches]),
    '## Control of nodes',
    '',
    ...controlTable(possible),
    '## Why each is needed',
    '',
    ...reasonTable([...possible, ...watches]),
    '## Not on a cluster of your own',
    '',
    ...impossible.map((one) => `- ${one.drill}: ${one.impossible}`),
    '',
  ].join('\n');
}

if (import.meta.main) {
  writeFileSync(leastPrivilegeFile, await renderLeastPrivilege());
  process.stdout.write(`Wrote ${leastPrivilegeFile}\n`);
}
