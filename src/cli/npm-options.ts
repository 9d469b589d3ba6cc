// npm takes options for itself: in `npm run drill --dry-run` the option never arrives and the run would be real. What
// npm (up to 11; 12 refuses what it does not know) swallowed stands in its environment, and values that it could not
// place stand among the words. Then nothing is touched, and the command is printed as it was meant.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { DrillError } from '../core/error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** An option that did not arrive. A value that npm made a word of is `undefined`. */
interface Swallowed {
  readonly flags: string;
  readonly name: string;
  readonly values: readonly (string | undefined)[];
}

/** What people say who mean their own cluster: it must never be a run against anything else, whatever the command takes. */
const TARGET = { long: '--target', flags: '--target <name>', required: true } as const;

/** What npm itself means by these names when nobody says anything. */
const NPM_DEFAULTS: Readonly<Record<string, string>> = { tag: 'latest' };

/** npm always says these of itself: whoever loses one to it is told by npm that there is no such folder. */
const NPM_ITS_OWN: ReadonlySet<string> = new Set(['prefix']);

/** Throws USAGE, with the command as it was meant, when npm has swallowed an option of the command that is called. */
export function refuseSwallowedOptions(argv: readonly string[], env: Environment, program: Command): void {
  if (env['npm_lifecycle_event'] === undefined) return;
  const called = program.commands.find((one) => one.name() === argv[0]);
  const command = called?.commands.find((one) => one.name() === argv[1]) ?? called;
  const ownScript = /\bfiredrill\b/.test(env['npm_lifecycle_script'] ?? '');
  const options = command?.options ?? [];
  const known = options.some(({ long }) => long === TARGET.long) ? options : [...options, TARGET];
  const swallowed = known.flatMap((option) => swallowedOption(option, env));
  // Somebody else's script that comes to call us may have options of these names; but a dry run is always meant.
  const ours = ownScript ? swallowed : swallowed.filter(({ name }) => name === 'dry-run');
  if (ours.length === 0) return;
  const { unsaid, words, rest } = splitArguments(argv, env);
  const { said, left, certain } = giveValues(ours, words);
  const meant = [...callOf(env), ...unsaid, ...left, ...said, ...rest].map(quote).join(' ');
  const doubt = certain ? '' : ' (npm did not say which value was whose: check them)';
  const names = ours.map(({ name }) => `--${name}`).join(', ');
  throw new DrillError('USAGE', `npm kept ${names} for itself, so nothing was run`, {
    hint: `You meant: ${meant}${doubt}`,
  });
}

function swallowedOption(
  { long, flags, required }: { readonly long?: string | undefined; readonly flags: string; readonly required: boolean },
  env: Environment,
): readonly Swallowed[] {
  const name = long?.slice(2) ?? '';
  const value = NPM_ITS_OWN.has(name) ? undefined : env[`npm_config_${name.replaceAll('-', '_')}`];
  if (value === undefined || value === '' || value === 'false' || value === NPM_DEFAULTS[name]) return [];
  if (name !== 'dry-run' && standsInNpmrc(name, value, env)) return [];
  // An option that is said twice comes as one text, with an empty line between its values.
  const values = required ? value.split('\n\n').map((one) => (one === 'true' ? undefined : one)) : [];
  return [{ flags, name, values }];
}

/** npm hands settings on from its own files too (`tag`, `json`, Electron's `target` and `runtime`): nobody said those now. */
function standsInNpmrc(name: string, value: string, env: Environment): boolean {
  const project = env['npm_config_local_prefix'];
  const files = [
    env['npm_config_userconfig'],
    env['npm_config_globalconfig'],
    ...(project === undefined ? [] : [join(project, '.npmrc')]),
  ];
  return files.some((file) =>
    readText(file)
      .split('\n')
      .some((line) => {
        const [key, text] = line.split('=').map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'));
        return key === name && (text ?? 'true') === value;
      }),
  );
}

function readText(file: string | undefined): string {
  try {
    return file === undefined ? '' : readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The command where the script does not say it, the words among which npm left values, and what came after `--`. */
function splitArguments(argv: readonly string[], env: Environment) {
  const script = (env['npm_lifecycle_script'] ?? '').trim().split(/\s+/);
  const own = script.slice(script.findLastIndex((word) => /\bfiredrill(\.js)?['"]?$/.test(word)) + 1);
  const fixed = own.length > 0 && own.every((word, at) => argv[at] === word) ? own : argv.slice(0, 1);
  const unsaid = callsScript(env) && own.length > 0 ? [] : fixed;
  const given = argv.slice(fixed.length);
  const end = given.findIndex((word) => word.startsWith('-'));
  return end < 0 ? { unsaid, words: given, rest: [] } : { unsaid, words: given.slice(0, end), rest: given.slice(end) };
}

/** `npm exec firedrill run …` has no script of its own: what it calls has to be said again. */
function callsScript(env: Environment): boolean {
  return env['npm_lifecycle_event'] !== 'npx';
}

function callOf(env: Environment): readonly string[] {
  if (!callsScript(env)) return ['npx', 'firedrill'];
  return ['npm', 'run', env['npm_lifecycle_event'] ?? '', '--'];
}

/** Which words can be a value of an option; of others any can. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  seed: /^\d+$/,
  repeat: /^\d+$/,
  'retry-inconclusive': /^\d+$/,
  param: /=/,
  set: /=/,
  config: /\.ya?ml$/,
  runtime: /^(auto|local|docker|attach)$/,
  reporter: /^(console|json|markdown|junit|html|history)\b/,
};

interface Said {
  readonly words: readonly string[];
  /** Where its value stood: options are said again in the order in which their values came. */
  readonly at: number;
}

/** Gives values back to the options that lost them, the choosy ones first. */
function giveValues(swallowed: readonly Swallowed[], words: readonly string[]) {
  const fits = (name: string, word: string): boolean => SHAPES[name]?.test(word) ?? true;
  const lost = swallowed.flatMap(({ name, flags, values }) =>
    values.filter((value) => value === undefined).map(() => ({ name, flags })),
  );
  const taken = new Map<number, string>();
  const said: Said[] = swallowed.flatMap(({ name, values }) => {
    if (values.length === 0) return [{ words: [`--${name}`], at: -1 }];
    return values.flatMap((value) => (value === undefined ? [] : [{ words: [`--${name}`, value], at: -1 }]));
  });
  for (const { name, flags } of lost.toSorted((a, b) => rankOf(a.name) - rankOf(b.name))) {
    const free = [...words.keys()].filter((at) => !taken.has(at) && fits(name, words[at] ?? ''));
    const at = choose(name, free, words);
    if (at === undefined) said.push({ words: flags.split(' '), at: words.length });
    else {
      taken.set(at, name);
      said.push({ words: [`--${name}`, words[at] ?? ''], at });
    }
  }
  const losers = new Set(lost.map(({ name }) => name));
  const isDoubtful = (word: string, owner: string | undefined): boolean =>
    [...losers].some((name) => {
      const choosier = owner !== undefined && SHAPES[owner] !== undefined && SHAPES[name] === undefined;
      return name !== owner && fits(name, word) && !choosier;
    });
  return {
    said: said.toSorted((a, b) => a.at - b.at).flatMap((one) => one.words),
    left: words.filter((_, at) => !taken.has(at)),
    certain: !words.some((word, at) => isDoubtful(word, taken.get(at))),
  };
}

/** A number that could be either is a seed rather than a count, so the count chooses first, and the least of them. */
function rankOf(name: string): number {
  if (name === 'repeat') return 0;
  return SHAPES[name] === undefined ? 2 : 1;
}

function choose(name: string, free: readonly number[], words: readonly string[]): number | undefined {
  if (name === 'repeat') return free.toSorted((a, b) => Number(words[a]) - Number(words[b]))[0];
  // A word that could also be a drill: options mostly come last.
  return SHAPES[name] === undefined ? free.at(-1) : free[0];
}

function quote(word: string): string {
  return /^[\w@%+=:,./<>-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
