// Several brokers tell the same story, each a little later than the first: what is new is told once.

export interface Change {
  /** What it is about: `leader orders/0`, `isr orders/0`, `broker broker-1`, `controller active`. */
  readonly subject: string;
  readonly before: string;
  readonly now: string;
}

export interface History {
  /** What nobody has said before, of everything that `source` says now. First words about a subject are no change. */
  observe(source: string, states: Readonly<Record<string, string>>): readonly Change[];
}

/** Forgets nothing: a state more for each change of a subject. */
export function createHistory(): History {
  /** Subject → its states, in order. */
  const known = new Map<string, string[]>();
  /** Source and subject → how far in that order the source has come. */
  const heard = new Map<string, number>();
  const observe = (source: string, subject: string, now: string): Change | undefined => {
    const key = `${source} ${subject}`;
    const states = known.get(subject) ?? [];
    known.set(subject, states);
    const from = heard.get(key) ?? 0;
    // One that comes behind: it stays where it is, or reaches a state that the others have left already.
    const at = states.indexOf(now, from);
    if (at >= 0) {
      heard.set(key, at);
      return undefined;
    }
    const before = states.at(-1);
    states.push(now);
    heard.set(key, states.length - 1);
    return before === undefined ? undefined : { subject, before, now };
  };
  return {
    observe: (source, states) =>
      Object.entries(states).flatMap(([subject, now]) => observe(source, subject, now) ?? []),
  };
}
