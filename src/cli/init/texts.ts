// What `init` writes: a config in which everything is said, and a drill to start from.
import { stringify } from 'yaml';
import { configSchema } from '../config.ts';
import { describeParams } from '../explain/params.ts';
import { KAFKA_DRILL } from './kafka-drill.ts';
import { REDIS_DRILL } from './redis-drill.ts';

/** Every key with its default: what is left out stays as it is. */
export function configText(): string {
  const values: Readonly<Record<string, unknown>> = configSchema.parse({});
  const keys = describeParams(configSchema).map(
    ({ name, description }) =>
      `# ${description}\n${stringify({ [name]: values[name] }, { flowCollectionPadding: false })}`,
  );
  return `# Every value here is its default. Paths count from this file.\n\n${keys.join('\n')}`;
}

const drills: Readonly<Record<string, string>> = { 'redis-sentinel': REDIS_DRILL, kafka: KAFKA_DRILL };

/** Services that there is a drill of to start from. */
export const SERVICES: readonly string[] = Object.keys(drills);

/** Stands for itself: no fragments. `schema`: where editors find its JSON Schema, if they do. */
export function drillText(service: string, schema: string | undefined): string {
  return (schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`) + (drills[service] ?? '');
}
