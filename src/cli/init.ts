import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asTyped } from '../core/called-as.ts';
import { DrillError } from '../core/error.ts';
import { CONFIG_FILE, loadConfig } from './config.ts';
import { type CommandContext, print } from './context.ts';
import { configText, drillText } from './init/texts.ts';

const SUFFIX = '.drill.yaml';

/** Writes a config, if there is none, and a drill to start from. Overwrites nothing: USAGE when the drill is there already. */
export async function init(name: string, cx: CommandContext): Promise<number> {
  const plain = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
  if (!/^[\w.-]+$/.test(plain) || plain.startsWith('.')) {
    throw new DrillError('USAGE', `"${name}" cannot be the name of a drill`, {
      hint: 'Letters, digits, dots, dashes and underscores, such as redis-primary-kill.',
    });
  }
  const config = await loadConfig(undefined, cx.cwd);
  const drill = join(resolve(config.root, config.drills), plain + SUFFIX);
  const shown = (file: string): string => relative(cx.cwd, file);
  await mkdir(dirname(drill), { recursive: true });
  await writeNew(drill, asTyped(drillText(await schemaFor(drill, config.root)), cx.called), shown(drill));
  print(cx, `Wrote ${shown(drill)}`);
  if (config.file === undefined) {
    const file = join(config.root, CONFIG_FILE);
    await writeNew(file, configText(), shown(file));
    print(cx, `Wrote ${shown(file)}`);
  }
  print(cx, '', 'Next:', ...nextSteps(plain));
  return 0;
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

/** Relative to the drill, where the schema lies in the same project: anywhere else it would be there for one person only. */
async function schemaFor(drill: string, root: string): Promise<string | undefined> {
  const file = fileURLToPath(new URL('../../schema/drill.schema.json', import.meta.url));
  const inside = !relative(root, file).startsWith('..');
  const there = await access(file).then(
    () => true,
    () => false,
  );
  return inside && there ? relative(dirname(drill), file) : undefined;
}
