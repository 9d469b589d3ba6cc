// argv → command → exit code. Each command is a file of its own, loaded when it is asked for.
import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { calledAs } from '../core/called-as.ts';
import { DrillError, describeError } from '../core/error.ts';
import { exitOfError } from '../core/exit-code.ts';
import { type CommandContext, progress } from './context.ts';
import { addLookingCommands, collect, configOption, type Exit } from './looking-commands.ts';
import { refuseSwallowedOptions } from './npm-options.ts';

const DESCRIPTION = `Drills failovers of Kafka and Redis: injects real faults into a real cluster, and says with evidence
how long clients were without service, what they lost, and when the cluster was whole again.`;

const EXIT_CODES = `
Exit codes:
  0 all passed · 1 a drill failed · 2 usage or an invalid drill · 3 inconclusive, nothing was proved
  4 the cluster was not restored, a person is needed · 5 a stop condition aborted it
  6 the tool or its environment broke · 130/143 interrupted and rolled back`;

/** Runs one command; resolves with the exit code and never rejects for a mistake of the user. */
export async function main(argv: readonly string[], streams: Partial<CommandContext> = {}): Promise<number> {
  const cx: CommandContext = {
    cwd: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    called: calledAs(streams.env ?? process.env),
    ...streams,
  };
  for (const stream of [cx.stdout, cx.stderr]) stream.on('error', letGo);
  let code = 0;
  const program = createProgram(cx, (exit) => {
    code = exit;
  });
  try {
    refuseSwallowedOptions(argv, cx.env, program);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    progress(cx, `firedrill: ${textOf(error)}`);
    return exitOfError(error instanceof DrillError ? error.code : 'INTERNAL').code;
  }
}

function textOf(error: unknown): string {
  if (error instanceof DrillError) return describeError(error);
  if (!(error instanceof Error)) return String(error);
  // What the system refused is no defect of ours, and says its path.
  return 'syscall' in error ? error.message : (error.stack ?? error.message);
}

/** A reader that has left (`| head`) is no error of ours. */
function letGo(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function createProgram(cx: CommandContext, exit: (code: number) => void): Command {
  const program = new Command(cx.called)
    .description(DESCRIPTION)
    .version(packageJson.version)
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ writeOut: (text) => cx.stdout.write(text), writeErr: (text) => cx.stderr.write(text) })
    .exitOverride();
  addDrillCommands(program, cx, exit);
  addLookingCommands(program, cx, exit);
  addLanguageCommands(program, cx, exit);
  addResultCommands(program, cx, exit);
  addClusterCommands(program, cx, exit);
  addMachineCommands(program, cx, exit);
  return program;
}

const runOptions = (command: Command): Command =>
  command
    .addOption(configOption())
    .option('--tag <tag>', 'drills with this tag; may be repeated', collect, [])
    .option('--runtime <name>', 'where the cluster lives')
    .option('--target <name>', "somebody's own cluster: targets/<name>.target.yaml")
    .option('--param <name=value>', 'a param of the drill; may be repeated', collect, [])
    .option(
      '--set <path=value>',
      'anything in the drill, such as cluster.settings.sentinel.down-after-milliseconds=3000; may be repeated',
      collect,
      [],
    )
    .option('--seed <number>', 'for every random choice; else a new one, and it stands in the result')
    .option('--repeat <n>', 'run each drill this often')
    .option('--reporter <names>', 'console, json, markdown, junit, history; comma between them', collect, [])
    .option('--keep', 'keep the data directories of the cluster')
    .option('--cold', 'start a cluster of its own, even if a warm one is up')
    .option('--json', 'print one JSON document instead of text');

function addDrillCommands(program: Command, cx: CommandContext, exit: Exit): void {
  runOptions(
    program
      .command('run')
      .argument('[drills...]', 'names or files; without any, and without --tag, those tagged monthly'),
  )
    .description('run drills')
    .option('--dry-run', 'show what would be done, and start nothing (= plan)')
    .option(
      '--retry-inconclusive <n>',
      'run a drill that proved nothing again, this often at most; both results are told',
    )
    .option('--selftest', 'run the sabotages of each drill: each must make its assertion fail')
    .action(async (names: string[], options) => exit(await (await import('./run.ts')).run(names, options, cx)));
  runOptions(program.command('plan').argument('[drills...]', 'names or files'))
    .description(
      'show what a run would do: nodes, links, steps with their undo, what is predicted; with --target a dry run on it, which changes nothing',
    )
    .action(async (names: string[], options) => exit(await (await import('./plan.ts')).plan(names, options, cx)));
  program
    .command('rights')
    .argument('[drills...]', 'names or files; without any, and without --tag, those tagged monthly')
    .description('what the systems must let their user do for these drills, as the commands that allow it; asks nobody')
    .addOption(configOption())
    .option('--tag <tag>', 'drills with this tag; may be repeated', collect, [])
    .option('--target <name>', 'with the users, the prefix and the services of targets/<name>.target.yaml')
    .option(
      '--watch',
      'for firedrill watch: of the target, of a kind of service (redis-sentinel, kafka), or of a drill',
    )
    .option('--no-writes', 'with --watch: for one that writes nothing')
    .option('--user <name>', 'who is allowed, where no target file names him', 'firedrill')
    .option('--prefix <prefix>', 'of topics and groups that are made there; that of the target, else firedrill-')
    .option('--json', 'as JSON')
    .action(async (names: string[], options) => exit(await (await import('./rights.ts')).rights(names, options, cx)));
  runOptions(program.command('prove').argument('<drills...>', 'names or files'))
    .description('prove that a drill can fail: its own sabotages, or three derived ones when it has none')
    .action(async (names: string[], options) => exit(await (await import('./prove.ts')).prove(names, options, cx)));
}

function addLanguageCommands(program: Command, cx: CommandContext, exit: Exit): void {
  program
    .command('list')
    .description('drills, their tags and what they prove')
    .addOption(configOption())
    .option('--tag <tag>', 'only these', collect, [])
    .option('--json', 'as JSON')
    .action(async (options) => exit(await (await import('./list.ts')).list(options, cx)));
  program
    .command('validate')
    .argument('[drills...]', 'names or files; without any, all of them')
    .description('check drills: all mistakes of a file at once, each with its line')
    .addOption(configOption())
    .action(async (names: string[], options) =>
      exit(await (await import('./validate.ts')).validate(names, options, cx)),
    );
  program
    .command('explain')
    .argument('[kind]', 'such as process.kill or rto, or a key such as hold; without it, all kinds')
    .description('what a kind does, takes and says, and what a key of drills is for')
    .addOption(configOption())
    .action(async (kind: string | undefined, options) =>
      exit(await (await import('./explain.ts')).explain(kind, options, cx)),
    );
  program
    .command('schema')
    .description('the JSON Schema of drill files, for editors')
    .addOption(configOption())
    .option('--targets', 'that of target files instead')
    .option('--write', 'write both into schema/')
    .action(async (options) => exit(await (await import('./schema.ts')).schema(options, cx)));
  program
    .command('init')
    .argument('[name]', 'name of the drill', 'my-first')
    .option('--service <kind>', 'what it is about: redis-sentinel, or kafka (also where the name says kafka)')
    .option('--target', 'not a drill but a target file: a cluster of your own, under this name')
    .description('write a config and a drill (or a target file) to start from')
    .action(async (name: string, options) => exit(await (await import('./init.ts')).init(name, options, cx)));
}

function addResultCommands(program: Command, cx: CommandContext, exit: Exit): void {
  for (const [name, description] of [
    ['judge', 'judge what was recorded again, and write its results again'],
    ['report', 'print the results of what was recorded'],
  ] as const) {
    program
      .command(name)
      .argument('<run>', 'folder or id of a run or of a suite, or "latest"')
      .description(description)
      .addOption(configOption())
      .option('--json', 'print result.json')
      .action(async (run: string, options) =>
        exit(await (await import('./judge.ts')).judgeAgain(name, run, options, cx)),
      );
  }
  program
    .command('rollback')
    .argument('[run-id]', 'only this one; else every run whose process is dead')
    .description('undo what runs left behind when their process died')
    .option('--forget', 'undo nothing: print what is left, and never name the run again (its cluster is gone for good)')
    .addOption(configOption())
    .action(async (runId: string | undefined, options) =>
      exit(await (await import('./rollback.ts')).rollBack(runId, options, cx)),
    );
  program
    .command('abort')
    .argument('<run-id>', 'a run that is under way')
    .description('interrupt a run that another process has under way: it rolls back and reports')
    .action(async (runId: string) => exit(await (await import('./abort.ts')).abort(runId, cx)));
}

function addClusterCommands(program: Command, cx: CommandContext, exit: Exit): void {
  const cluster = program
    .command('cluster')
    .description('clusters that stay up between runs, which then need not start any');
  cluster
    .command('up')
    .argument('[drills...]', 'names or files; without any, and without --tag, those tagged monthly')
    .description('make the clusters of these drills, and wait until they are healthy')
    .addOption(configOption())
    .option('--tag <tag>', 'drills with this tag; may be repeated', collect, [])
    .option('--runtime <name>', 'where the cluster lives')
    .option('--param <name=value>', 'a param of the drill; may be repeated', collect, [])
    .option(
      '--set <path=value>',
      'anything in the drill, such as a setting of its cluster; may be repeated',
      collect,
      [],
    )
    .action(async (names: string[], options) => exit(await (await import('./cluster/up.ts')).up(names, options, cx)));
  cluster
    .command('status')
    .description('which are up, since when, for which drills, whether they are healthy, and where their nodes are')
    .addOption(configOption())
    .option('--json', 'as JSON')
    .action(async (options) => exit(await (await import('./cluster/status.ts')).status(options, cx)));
  cluster
    .command('down')
    .argument('[clusters...]', 'names; without any, all of them')
    .description('take them down, whole')
    .addOption(configOption())
    .action(async (names: string[], options) =>
      exit(await (await import('./cluster/down.ts')).down(names, options, cx)),
    );
}

function addMachineCommands(program: Command, cx: CommandContext, exit: Exit): void {
  program
    .command('setup')
    .argument('[tools...]', 'which ones: redis-server, toxiproxy, kafka (and what it needs); all, if not said')
    .description('find or make the programs that a cluster needs, in a cache of our own')
    .action(async (names: string[]) => exit(await (await import('./setup.ts')).setup(names, cx)));
  program
    .command('doctor')
    .description('what this machine has for drills, and what mends the rest')
    .option('--json', 'as JSON')
    .action(async (options) => exit(await (await import('./doctor.ts')).doctor(options, cx)));
  const images = program
    .command('images')
    .description('the images that clusters in containers are made of: which are taken, which are there')
    .option('--json', 'as JSON')
    .action(async (options) => exit(await (await import('./images.ts')).listImages(options, cx)));
  images
    .command('build')
    .argument('[images...]', 'which ones: kafka, redis, toxiproxy; all, if not said')
    .description('make them from package registries, where no registry of images can be reached')
    .option('--force', 'make them again, with the packages that Debian has today')
    .action(async (names: string[], options) =>
      exit(await (await import('./images.ts')).buildNamed(names, options, cx)),
    );
}
