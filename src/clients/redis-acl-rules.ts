// What the rules of an ACL user (ACL GETUSER) say of a command, for a Redis that has no ACL DRYRUN to ask.

export interface AclVerdict {
  readonly state: 'allowed' | 'refused' | 'unknown';
  readonly because?: string;
}

/** What COMMAND INFO says of it. */
export interface CommandFacts {
  /** It has subcommands, and the second word is one. */
  readonly isContainer: boolean;
  /** Where its first key stands; 0 = it has none. */
  readonly firstKey: number;
  readonly categories: readonly string[];
}

export interface AclRules {
  /** Of ACL GETUSER, as it came: name, value, name, value. */
  readonly rules: unknown;
  readonly facts: CommandFacts | undefined;
}

/** Pure. Where the rules say more than is understood here, it is unknown. */
export function judgeByRules(user: string, command: readonly string[], { rules, facts }: AclRules): AclVerdict {
  const fields = fieldsOf(rules);
  const name = command[0]?.toLowerCase() ?? '';
  const full = facts?.isContainer === false ? name : `${name}|${command[1]?.toLowerCase() ?? ''}`;
  const allowed = allows(wordsOf(fields.get('commands')), { name, full, facts });
  const refused = (what: string): AclVerdict =>
    wordsOf(fields.get('selectors')).length > 0
      ? { state: 'unknown', because: `the selectors of user ${user} were not looked at` }
      : { state: 'refused', because: `user ${user} may not ${what}` };
  if (allowed === undefined) return { state: 'unknown', because: `the rules of user ${user} speak of categories` };
  if (!allowed) return refused(`call ${full}`);
  const key = facts === undefined || facts.firstKey === 0 ? undefined : command[facts.firstKey];
  if (key !== undefined && !patternsOf(fields.get('keys'), '~').some((pattern) => matches(pattern, key)))
    return refused(`touch the key ${key}`);
  const channel = /^p?subscribe$/.test(name) ? command[1] : undefined;
  const hears = (pattern: string): boolean =>
    name === 'psubscribe' ? pattern === '*' || pattern === channel : matches(pattern, channel ?? '');
  if (channel !== undefined && !patternsOf(fields.get('channels'), '&').some(hears))
    return refused(`hear the channel ${channel}`);
  return { state: 'allowed' };
}

interface Asked {
  readonly name: string;
  readonly full: string;
  readonly facts: CommandFacts | undefined;
}

/** The last rule that speaks of it counts. Undefined = whether one speaks of it is not known. */
function allows(rules: readonly string[], { name, full, facts }: Asked): boolean | undefined {
  let allowed: boolean | undefined = false;
  for (const rule of rules) {
    const about = rule.slice(1).toLowerCase();
    const speaks = about === '@all' || about === name || about === full || facts?.categories.includes(about);
    if (speaks === undefined && about.startsWith('@')) allowed = undefined;
    else if (speaks === true) allowed = rule.startsWith('+');
  }
  return allowed;
}

/** Only those with which everything may be done. Redis 6 has lists of patterns, Redis 7 one text with marks. */
function patternsOf(value: unknown, mark: string): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return wordsOf(value).flatMap((word) => {
    if (word.startsWith(mark)) return [word.slice(1)];
    return word.startsWith('%RW~') ? [word.slice(4)] : [];
  });
}

/** Redis' globs, but for classes of characters. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('\\*', '.*')
    .replaceAll('\\?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : [];
}

function fieldsOf(reply: unknown): ReadonlyMap<string, unknown> {
  const items = Array.isArray(reply) ? (reply as readonly unknown[]) : [];
  return new Map(items.flatMap((item, at) => (at % 2 === 0 ? [[String(item), items[at + 1]] as const] : [])));
}
