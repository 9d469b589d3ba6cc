// Commands that only look at a cluster, and at what drills would make.
import { type Command, Option } from 'commander';
import type { CommandContext } from './context.ts';

export type Exit = (code: number) => void;

/** An option that may be said several times. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];
export const configOption = (): Option =>
  new Option('--config <file>', 'config file; else firedrill.config.yaml, upwards from here');

const TARGET = "somebody's own cluster: targets/<name>.target.yaml";

export function addLookingCommands(program: Command, cx: CommandContext, exit: Exit): void {
  program
    .command('predict')
    .argument('[drills...]', 'names or files, of whose own clusters it is told; none with --target')
    .description('how long each failure would take, and what the configuration breaks; changes nothing')
    .addOption(configOption())
    .option('--target <name>', TARGET)
    .option('--tag <tag>', 'drills with this tag; may be repeated', collect, [])
    .option('--param <name=value>', 'a param of the drills; may be repeated', collect, [])
    .option('--set <path=value>', 'anything in the drills, such as a setting; may be repeated', collect, [])
    .option('--json', 'print one JSON document instead of text')
    .action(async (names: string[], options) => exit(await (await import('./predict.ts')).predict(names, options, cx)));
  program
    .command('baseline')
    .description('record what a target is set to, and what is predicted of it, without any secret')
    .addOption(configOption())
    .requiredOption('--target <name>', TARGET)
    .option('--write <file>', 'into this file, such as baselines/prod.json; else it is printed')
    .action(async (options) => exit(await (await import('./baseline.ts')).baseline(options, cx)));
  program
    .command('drift')
    .description('what differs from a baseline, or from what a drill is proved with, and what that does')
    .addOption(configOption())
    .requiredOption('--target <name>', TARGET)
    .option('--against <what>', 'a baseline (*.json) or a drill; else baselines/<target>.json')
    .option('--json', 'as JSON')
    .action(async (options) => exit(await (await import('./drift.ts')).drift(options, cx)));
  addWatch(program, cx, exit);
}

function addWatch(program: Command, cx: CommandContext, exit: Exit): void {
  program
    .command('watch')
    .argument('[what...]', "one drill, or services of the target; without any, all of the target's")
    .description(
      'look at a cluster without doing anything to it, for a failover that somebody else triggers, and report',
    )
    .addOption(configOption())
    .option('--target <name>', TARGET)
    .option('--runtime <name>', 'without a target: where the cluster of the drill lives')
    .option('--for <duration>', 'end after this long, such as 10m; else with Ctrl-C')
    .option('--until <what>', 'failover: end once one is over')
    .option('--settled <duration>', 'with --until: how long everything has to be quiet after it', '15s')
    .option('--no-writes', 'probe and count clients only; outages are then what probes see of them')
    .option('--param <name=value>', 'a param of the drill; may be repeated', collect, [])
    .option('--set <path=value>', 'anything in what is watched; may be repeated', collect, [])
    .option('--reporter <names>', 'console, json, markdown; comma between them', collect, [])
    .option('--json', 'print one JSON document instead of text')
    .action(async (names: string[], options) => exit(await (await import('./watch.ts')).watch(names, options, cx)));
}
