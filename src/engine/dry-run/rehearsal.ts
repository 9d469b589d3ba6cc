// What the drill wants in the cluster before the gate, and the cluster as it will be then.
import type { DryRunItem } from '../../core/dry-run.ts';
import type { LiveContext, Rehearsal, Service } from '../../core/kinds.ts';
import type { Plan } from '../plan.ts';
import type { Seen } from './dry-run.ts';

const STANDINGS = { absent: 'wouldDo', there: 'proved', refused: 'refused' } as const;

/** `seen`: with what the drill makes there. */
export async function rehearse(
  { services, serviceSpecs }: Plan,
  before: Seen,
  cx: LiveContext,
): Promise<{ readonly items: readonly DryRunItem[]; readonly seen: Seen }> {
  const items: DryRunItem[] = [];
  let seen = before;
  for (const [name, service] of services) {
    const spec = serviceSpecs.get(name);
    if (spec === undefined || service.checkTopic === undefined) continue;
    const rehearsal = await rehearseOne(service, () => service.rehearse?.(spec, partOf(seen, name), cx));
    items.push(...Object.keys(spec.topics ?? {}).map((topic) => itemOf(topic, rehearsal)));
    if (!(rehearsal instanceof Error)) seen = withRehearsed(seen, name, rehearsal);
  }
  return { items, seen };
}

async function rehearseOne(
  { kind }: Service,
  rehearsal: () => Promise<Rehearsal> | undefined,
): Promise<Rehearsal | Error> {
  try {
    return (await rehearsal()) ?? new Error(`${kind} cannot be asked whether it would be made`);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Throws what was said instead of an answer. */
function partOf({ view, settings }: Seen, name: string): Parameters<NonNullable<Service['rehearse']>>[1] {
  if (view instanceof Error) throw view;
  const own = view.services[name];
  if (own === undefined) throw new Error(`${name} was not seen`);
  return { view: own, settings: settings instanceof Error ? null : (settings[name] ?? null) };
}

function withRehearsed({ view, settings }: Seen, name: string, rehearsal: Rehearsal): Seen {
  return {
    view: view instanceof Error ? view : { ...view, services: { ...view.services, [name]: rehearsal.view } },
    settings: settings instanceof Error ? settings : { ...settings, [name]: rehearsal.settings },
  };
}

function itemOf(topic: string, rehearsal: Rehearsal | Error): DryRunItem {
  if (rehearsal instanceof Error) return { about: 'topic', topic, standing: 'cannotProve', because: rehearsal.message };
  const found = rehearsal.topics.find(({ name }) => name === topic);
  if (found === undefined) return { about: 'topic', topic, standing: 'cannotProve', because: 'it was not asked about' };
  const { state, because } = found;
  const item = { about: 'topic', topic, state, standing: STANDINGS[state] } as const;
  return because === undefined ? item : { ...item, because };
}
