// Target files of clusters that are somebody else's.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, addressText } from '../../../src/core/node.ts';
import type { SecuredKafka } from '../../support/secured-kafka.ts';
import type { SecuredRedis } from '../../support/secured-redis.ts';
import type { Sandbox } from './sandbox.ts';

const shown = ({ host, port }: Address): string => addressText({ host, port });

/** What a target file says of it: entered by its own users, controlled by its own program. */
export function redisService(redis: SecuredRedis): object {
  const { seeds, access, terms } = redis.target();
  return { kind: 'redis-sentinel', sentinels: seeds.map(shown), ...terms, access, control: controlBy(redis.control) };
}

/** The same of a Kafka. */
export function kafkaService(kafka: SecuredKafka): object {
  const { seeds, access } = kafka.target();
  return { kind: 'kafka', bootstrap: seeds.map(shown), access, control: controlBy(kafka.control) };
}

function controlBy(program: string): object {
  const call = (act: string): string[] => [program, act, '{port}'];
  const acts = Object.fromEntries(['kill', 'stop', 'start', 'pause', 'resume'].map((act) => [act, call(act)]));
  return { by: 'command', ...acts, status: { run: call('status'), gone: '^gone', paused: '^paused' } };
}

/** Writes `targets/<name>.target.yaml`. JSON is YAML. */
export function addTarget(sandbox: Pick<Sandbox, 'dir'>, name: string, target: object): void {
  mkdirSync(join(sandbox.dir, 'targets'), { recursive: true });
  writeFileSync(join(sandbox.dir, 'targets', `${name}.target.yaml`), JSON.stringify(target, undefined, 2));
}

/** Files below a folder that hold one of these texts. */
export function filesWith(texts: readonly string[], folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return files.filter((file) => {
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
    const content = readFileSync(file, 'latin1');
    return texts.some((text) => content.includes(text));
  });
}

/** Command lines of all processes of this machine that hold one of these texts. */
export function commandLinesWith(texts: readonly string[]): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return texts.some((text) => line.includes(text)) ? [line.replaceAll('\0', ' ')] : [];
      } catch {
        return [];
      }
    });
}
