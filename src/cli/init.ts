import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asTyped } from '../core/called-as.ts';
import { DrillError } from '../core/error.ts';
import { closest } from '../drill/suggest.ts';
import { TARGET_SUFFIX } from '../targets/load.ts';
import { CONFIG_FILE, loadConfig } from './config.ts';
import { type CommandContext, print } from './context.ts';
import { TARGET } from './init/target.ts';
import { configText, drillText, SERVICES } from './init/texts.ts';

const SUFFIX = '.drill.yaml';
/** Of a drill, where nobody says. */
const DEFAULT_NAME = 'my-first';

interface InitOptions {
  readonly service?: string;
  readonly target?: boolean;
}

/**
 * Writes a config, if there is none, and a drill or a target file to start from. Overwrites nothing: USAGE when it is there
 * already.
 */
export async function init(name: string, options: InitOptions, cx: CommandContext): Promise<number> {
  if (options.target === true) return initTarget(name === DEFAULT_NAME ? 'staging' : name, cx);
  const plain = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
  checkName(plain, 'a drill');
  const service = serviceOf(plain, options.service);
  const config = await loadConfig(undefined, cx.cwd);
  const drill = join(resolve(config.root, config.drills), plain + SUFFIX);
  const shown = (file: string): string => relative(cx.cwd, file);
  await mkdir(dirname(drill), { recursive: true });
  await writeNew(
    drill,
    asTyped(drillText(service, await schemaFor('drill.schema.json', drill, config.root)), cx.called),
    shown(drill),
  );
  print(cx, `Wrote ${shown(drill)}`);
  if (config.file === undefined) {
    const file = join(config.root, CONFIG_FILE);
    await writeNew(file, configText(), shown(file));
    print(cx, `Wrote ${shown(file)}`);
  }
  print(cx, '', 'Next:', ...nextSteps(plain));
  return 0;
}

async function initTarget(name: string, cx: CommandContext): Promise<number> {
  const plain = name.endsWith(TARGET_SUFFIX) ? name.slice(0, -TARGET_SUFFIX.length) : name;
  checkName(plain, 'a target');
  const config = await loadConfig(undefined, cx.cwd);
  const file = join(resolve(config.root, config.targets), plain + TARGET_SUFFIX);
  await mkdir(dirname(file), { recursive: true });
  const schema = await schemaFor('target.schema.json', file, config.root);
  const text = (schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`) + TARGET;
  await writeNew(file, asTyped(text.replaceAll('<name>', plain), cx.called), relative(cx.cwd, file));
  print(cx, `Wrote ${relative(cx.cwd, file)}`, '', 'Next: put your addresses into it, then');
  print(cx, `  firedrill predict --target ${plain}  how long its failures will take; changes nothing`);
  return 0;
}

function checkName(name: string, what: string): void {
  if (/^[\w.-]+$/.test(name) && !name.startsWith('.')) return;
  throw new DrillError('USAGE', `"${name}" cannot be the name of ${what}`, {
    hint: 'Letters, digits, dots, dashes and underscores, such as redis-primary-kill.',
  });
}

/** The one that is said, or the one that the drill's name says. */
function serviceOf(name: string, said: string | undefined): string {
  if (said === undefined) return /kafka/i.test(name) ? 'kafka' : 'redis-sentinel';
  if (SERVICES.includes(said)) return said;
  throw new DrillError('USAGE', `there is no drill of "${said}" to start from`, {
    hint: `Did you mean ${closest(said, SERVICES) ?? SERVICES.join(' or ')}?`,
  });
}

function nextSteps(name: string): readonly string[] {
  return [
    ['explain', 'what a drill can be made of'],
    [`validate ${name}`, 'whether it is right, as you change it'],
    [`plan ${name}`, 'what it would do; starts nothing'],
    [`run ${name}`, 'does it, on a cluster of its own that is removed afterwards'],
    [`prove ${name}`, 'shows that it can fail'],
  ].map(([command, what]) => `  firedrill ${`${command}`.padEnd(9 + name.length)}  ${what}`);
}

async function writeNew(file: string, text: string, shown: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new DrillError('USAGE', `${shown} is there already, and nothing was written`, {
      hint: 'For another drill: firedrill init <name>',
    });
  });
}

/** Relative to the file that names it, where the schema lies in the same project: anywhere else it would be there for one person only. */
async function schemaFor(name: string, from: string, root: string): Promise<string | undefined> {
  const file = fileURLToPath(new URL(`../../schema/${name}`, import.meta.url));
  const inside = !relative(root, file).startsWith('..');
  const there = await access(file).then(
    () => true,
    () => false,
  );
  return inside && there ? relative(dirname(from), file) : undefined;
}
