// Whether a node lets its user call a command, asked of the node without calling it.

import type { Redis } from './redis.ts';
import { type AclVerdict, type CommandFacts, judgeByRules } from './redis-acl-rules.ts';

const UNCHECKED = 'may call neither ACL DRYRUN nor ACL GETUSER';

/** In the order of `commands`. Rejects when the node does not answer; what it keeps to itself is `unknown`. */
export async function askAcl(
  redis: Redis,
  commands: readonly (readonly string[])[],
  expectedUser = 'default',
): Promise<readonly AclVerdict[]> {
  const told = await replyOf(redis.call('ACL', 'WHOAMI'));
  const user = told instanceof Error ? expectedUser : String(told);
  return Promise.all(commands.map((command) => askOne(redis, user, command)));
}

async function askOne(redis: Redis, user: string, command: readonly string[]): Promise<AclVerdict> {
  const answer = await replyOf(redis.call('ACL', 'DRYRUN', user, ...command));
  if (!(answer instanceof Error)) {
    return answer === 'OK' ? { state: 'allowed' } : { state: 'refused', because: String(answer) };
  }
  if (/^ERR Command .* not found/.test(answer.message)) return notThere(command);
  // An older Redis has no dry run, and not everybody may use it.
  if (!/^NOPERM|unknown (sub)?command/i.test(answer.message)) return { state: 'unknown', because: answer.message };
  const facts = await commandFacts(redis, command);
  if (facts === 'not there') return notThere(command);
  const rules = await replyOf(redis.call('ACL', 'GETUSER', user));
  if (rules instanceof Error) return { state: 'unknown', because: `user ${user} ${UNCHECKED}` };
  return judgeByRules(user, command, { rules: rules, facts });
}

function notThere([name = '']: readonly string[]): AclVerdict {
  return { state: 'refused', because: `there is no command ${name} (renamed, or switched off)` };
}

/** Undefined = it will not say. Redis before 7.0 knows nothing of subcommands. */
async function commandFacts(
  redis: Redis,
  [name = '', sub = '']: readonly string[],
): Promise<CommandFacts | 'not there' | undefined> {
  const reply = await replyOf(redis.call('COMMAND', 'INFO', name, `${name}|${sub}`));
  if (!Array.isArray(reply)) return undefined;
  const [command, subcommand] = reply as (readonly unknown[] | null)[];
  const found = subcommand ?? command;
  if (!Array.isArray(found)) return 'not there';
  return {
    isContainer: subcommand !== null && subcommand !== undefined,
    firstKey: Number(found[3]),
    categories: Array.isArray(found[6]) ? found[6].map(String) : [],
  };
}

/** What the server said, refusals included; rejects when it said nothing. */
function replyOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ReplyError') return error;
    throw error;
  });
}
