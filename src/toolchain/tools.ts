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
