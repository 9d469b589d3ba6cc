// What `firedrill rights` prints for a shipped drill, in the words in which tests give rights: those and no other.
import { builtin } from '../../src/builtin.ts';
import { type DrillRights, rightsOfDrill } from '../../src/cli/rights.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { rulesOf } from '../../src/services/redis-sentinel/rights.ts';

const PREFIX = 'firedrill-';

async function rightsIn(name: string): Promise<DrillRights> {
  const target = { file: 'test', params: {}, prefix: PREFIX };
  const { drill } = await loadDrill(`drills/${name}.drill.yaml`, { registry: builtin, target });
  return rightsOfDrill(drill, builtin, { user: 'firedrill', prefix: PREFIX });
}

/** Rules of a Redis user, by role: `+client|pause`, `~firedrill:*`, `&*`. */
export async function exactRules(
  drill: string,
): Promise<{ readonly redis: readonly string[]; readonly sentinel: readonly string[] }> {
  const { rights } = await rightsIn(drill);
  const of = (role: string): readonly string[] =>
    rulesOf(rights.filter((right) => right.role === role).map(({ act }) => act)).filter((rule) => /^[+~&]/.test(rule));
  return { redis: of('redis'), sentinel: of('sentinel') };
}

/** Of Kafka, read out of the commands: `Read on topic firedrill-*`, `Alter on the cluster`. */
export async function exactAcls(drill: string): Promise<readonly string[]> {
  const { commands } = await rightsIn(drill);
  return commands.flatMap((line) => {
    const [, flags = ''] = line.split('--allow-principal');
    const [, kind = '', name = ''] = /--(topic|group|cluster)(?: (\S+))?/.exec(flags) ?? [];
    const on =
      kind === 'cluster'
        ? 'the cluster'
        : `${kind} ${name.replaceAll("'", '')}${flags.includes('prefixed') ? '*' : ''}`;
    return [...flags.matchAll(/--operation (\w+)/g)].map(([, operation]) => `${operation} on ${on}`);
  });
}
