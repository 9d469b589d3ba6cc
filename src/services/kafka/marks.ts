import type { Change } from './history.ts';

/** The mark's first two words say whom it is about, as with Sentinel's: what two brokers say of it is told once. */
export interface Mark {
  readonly mark: string;
  readonly detail: string;
}

/** More of them are only counted: a broker may lead a thousand partitions. */
const MOST_UNITS = 20;

/**
 * Pure. `+leader broker-2 orders/0 …`: it leads them now; `-leader nobody orders/0`; `-isr broker-1 orders/0 …`: it left
 * these ISRs; `+isr`; `-broker broker-1 fenced`; `+broker broker-1 unfenced`; `+controller controller-2 epoch 7`.
 */
export function marksOf(changes: readonly Change[]): readonly Mark[] {
  const units = new Map<string, { readonly mark: string; readonly who: string; readonly units: string[] }>();
  const marks: Mark[] = [];
  const add = (mark: string, who: string, unit: string): void => {
    const key = `${mark} ${who}`;
    const group = units.get(key) ?? { mark, who, units: [] };
    units.set(key, group);
    group.units.push(unit);
  };
  for (const { subject, before, now } of changes) {
    const [what, about = ''] = subject.split(' ');
    if (what === 'broker') marks.push({ mark: now === 'unfenced' ? '+broker' : '-broker', detail: `${about} ${now}` });
    if (what === 'controller') marks.push({ mark: '+controller', detail: now.replace(' ', ' epoch ') });
    if (what === 'leader') {
      const [who = '', epoch] = now.split(' ');
      add(who === 'nobody' ? '-leader' : '+leader', who, `${about} (epoch ${epoch}, was ${before.split(' ')[0]})`);
    }
    if (what === 'isr') for (const { mark, who } of isrChanges(before, now)) add(mark, who, about);
  }
  for (const { mark, who, units: own } of units.values()) {
    const more = own.length > MOST_UNITS ? ` and ${own.length - MOST_UNITS} more` : '';
    marks.push({ mark, detail: `${who} ${own.slice(0, MOST_UNITS).join(', ')}${more}` });
  }
  return marks;
}

function isrChanges(before: string, now: string): { readonly mark: string; readonly who: string }[] {
  const [was, is] = [before, now].map((text) => text.split(' ').filter((name) => name !== ''));
  return [
    ...(was ?? []).filter((who) => !is?.includes(who)).map((who) => ({ mark: '-isr', who })),
    ...(is ?? []).filter((who) => !was?.includes(who)).map((who) => ({ mark: '+isr', who })),
  ];
}
