// How this program was called, so that a hint can be typed as it is printed: in a clone `firedrill` is on no PATH.
import { readFileSync } from 'node:fs';
import { basename, delimiter, dirname, relative, sep } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where nobody knows better; what is written into hints. */
export const PROGRAM = 'firedrill';

/** Commands, as hints name them. */
export const COMMANDS: readonly string[] =
  'run plan rights prove predict baseline drift watch list validate explain schema init judge report rollback abort cluster setup images doctor'.split(
    ' ',
  );

const COMMAND = new RegExp(`(?<![-\\w./]|npx |-- )${PROGRAM} (?=(?:${COMMANDS.join('|')})\\b)`, 'g');

/** `firedrill`, `npx firedrill`, `npm run firedrill --` or `node bin/firedrill.js`: what stands before the command. */
export function calledAs(env: Environment, script: string = process.argv[1] ?? ''): string {
  if (env['npm_lifecycle_event'] === 'npx') return `npx ${PROGRAM}`;
  if (env['npm_lifecycle_event'] !== undefined && /\bfiredrill\b/.test(env['npm_lifecycle_script'] ?? ''))
    return hasScript(env) ? `npm run ${PROGRAM} --` : `npx ${PROGRAM}`;
  if (basename(script) === `${PROGRAM}.js`) return `node ${relative(process.cwd(), script)}`;
  if (basename(script) !== PROGRAM) return PROGRAM;
  const folder = dirname(script);
  if ((env['PATH'] ?? '').split(delimiter).includes(folder)) return PROGRAM;
  return folder.endsWith(`node_modules${sep}.bin`) ? `npx ${PROGRAM}` : relative(process.cwd(), script);
}

/** A text with the commands in it as they can be typed here. */
export function asTyped(text: string, called: string): string {
  return called === PROGRAM ? text : text.replaceAll(COMMAND, () => `${called} `);
}

/** Whether the project has a script for any command, as our own has. */
function hasScript(env: Environment): boolean {
  try {
    const { scripts } = JSON.parse(readFileSync(env['npm_package_json'] ?? '', 'utf8')) as { scripts?: Environment };
    return scripts?.[PROGRAM] !== undefined;
  } catch {
    return false;
  }
}
