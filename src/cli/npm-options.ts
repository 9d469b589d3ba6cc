// npm takes options for itself: in `npm run drill --dry-run` the option never arrives and the run would be real. What
// npm swallowed stands in its environment; then nothing is touched, and the command is printed as it was meant.
import { DrillError } from '../core/error.ts';

const SWALLOWED = [
  'dry-run',
  'target',
  'runtime',
  'seed',
  'repeat',
  'tag',
  'param',
  'set',
  'keep',
  'reporter',
  'selftest',
] as const;

/** npm has options of these names itself, with values that say nothing of us. */
const NPM_DEFAULTS: Readonly<Record<string, string>> = { tag: 'latest' };

/** Throws USAGE, with the command as it was meant, when npm has swallowed an option of ours. */
export function refuseSwallowedOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void {
  const script = env['npm_lifecycle_event'];
  if (script === undefined) return;
  const options = SWALLOWED.flatMap((name) => {
    const value = env[`npm_config_${name.replaceAll('-', '_')}`];
    if (value === undefined || value === '' || value === NPM_DEFAULTS[name]) return [];
    return [{ name, value }];
  });
  if (options.length === 0) return;
  // `--runtime docker`: npm keeps the name for itself and passes "docker" on as if it were a drill.
  const values = new Set(options.map(({ value }) => value));
  const meant = options.map(({ name, value }) =>
    value === 'true' ? `--${name}${stray(argv, name)}` : `--${name} ${value}`,
  );
  const rest = argv.slice(1).filter((word) => !values.has(word) && !takenAsStray(argv, options, word));
  throw new DrillError(
    'USAGE',
    `npm kept ${options.map(({ name }) => `--${name}`).join(', ')} for itself, so nothing was run`,
    {
      hint: `You meant: npm run ${script} -- ${[...rest, ...meant].join(' ')}`,
    },
  );
}

const TAKES_VALUE = new Set<string>(['target', 'runtime', 'seed', 'repeat', 'tag', 'param', 'set', 'reporter']);

/** The value that npm left behind as a positional word: the only one there is, when an option that needs one says `true`. */
function stray(argv: readonly string[], name: string): string {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  return TAKES_VALUE.has(name) && words.length > 0 ? ` ${words[0]}` : '';
}

function takenAsStray(
  argv: readonly string[],
  options: readonly { name: string; value: string }[],
  word: string,
): boolean {
  return options.some(({ name, value }) => value === 'true' && stray(argv, name) === ` ${word}`);
}
