// What `firedrill rights` prints for a shipped drill, or for a watch, in the words in which tests give rights: those and no other.
import { builtin } from '../../src/builtin.ts';
import { type DrillRights, rightsOfDrill } from '../../src/cli/rights/of-drill.ts';
import { watchOfKind } from '../../src/cli/rights/of-watch.ts';
import { loadDrill } from '../../src/drill/load.ts';
import { rulesOf } from '../../src/services/redis-sentinel/rights.ts';

const PREFIX = 'firedrill-';

const target = { file: 'test', params: {}, prefix: PREFIX };

async function rightsIn(name: string): Promise<DrillRights> {
  const { drill } = await loadDrill(`drills/${name}.drill.yaml`, { registry: builtin, target });
  return rightsOfDrill(drill, builtin, { user: 'firedrill', prefix: PREFIX });
}

function rightsOfWatch(kind: string, writes: boolean): DrillRights {
  const drill = watchOfKind(kind, { registry: builtin, attachTo: target, writes });
  return rightsOfDrill(drill, builtin, { user: 'firedrill', prefix: PREFIX });
}

/** Rules of a Redis user, by role: `+client|pause`, `~firedrill:*`, `&*`. */
interface Rules {
  readonly redis: readonly string[];
  readonly sentinel: readonly string[];
}

export async function exactRules(drill: string): Promise<Rules> {
  return rulesIn(await rightsIn(drill));
}

export function rulesOfWatch({ writes }: { readonly writes: boolean }): Rules {
  return rulesIn(rightsOfWatch('redis-sentinel', writes));
}

function rulesIn({ rights }: DrillRights): Rules {
  const of = (role: string): readonly string[] =>
    rulesOf(rights.filter((right) => right.role === role).map(({ act }) => act)).filter((rule) => /^[+~&]/.test(rule));
  return { redis: of('redis'), sentinel: of('sentinel') };
}

/** Of Kafka, read out of the commands: `Read on topic firedrill-*`, `Alter on the cluster`. */
export async function exactAcls(drill: string): Promise<readonly string[]> {
  return aclsIn(await rightsIn(drill));
}

export function aclsOfWatch({ writes }: { readonly writes: boolean }): readonly string[] {
  return aclsIn(rightsOfWatch('kafka', writes));
}

function aclsIn({ commands }: DrillRights): readonly string[] {
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
