import { DrillError } from '../core/error.ts';
import { java } from './java.ts';
import { kafka } from './kafka.ts';
import { kafkaTools } from './kafka-tools.ts';
import type { ToolRecipe } from './recipe.ts';
import { redis } from './redis.ts';
import { toxiproxy } from './toxiproxy.ts';

/** THE list of programs that Firedrill finds or makes. */
export const tools = {
  'redis-server': redis,
  toxiproxy,
  java,
  'kafka-tools': kafkaTools,
  kafka,
} as const satisfies Readonly<Record<string, ToolRecipe>>;

export type ToolName = keyof typeof tools;

export const toolNames = Object.keys(tools) as readonly ToolName[];

/** Throws TOOL_MISSING for a name that is none. */
export function toToolName(name: string): ToolName {
  const tool = toolNames.find((each) => each === name);
  if (tool !== undefined) return tool;
  throw new DrillError('TOOL_MISSING', `the toolchain has no program "${name}"`, {
    hint: `It has ${toolNames.join(', ')}.`,
  });
}
