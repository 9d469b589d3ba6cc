import { z } from 'zod';
import { checkAllowed, orDenied } from '../clients/redis-denied.ts';
import { parseInfo } from '../clients/redis-info.ts';
import { openNodeConnections } from '../clients/redis-nodes.ts';
import { ofRedis } from '../clients/redis-rights.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Probe } from '../core/kinds.ts';
import { PROBE } from '../core/node.ts';
import { inService } from '../core/right.ts';

const params = z.strictObject({
  field: z.string().describe('a field of INFO, such as used_memory or connected_slaves'),
  node: z.string().optional().describe('one node; without it, every Redis node'),
  service: z.string().optional().describe('name of the service, when the cluster has several'),
});

/** Any field of INFO. A field that a node does not have is an error and never 0. */
export const redisInfo: Probe<z.output<typeof params>> = {
  kind: 'redis.info',
  summary: 'One field of INFO: of one node, or of every node that answers with their least and greatest',
  params,
  example: { with: { field: 'connected_slaves', node: 'redis-1' }, tolerance: { atLeast: 2 } },
  fields: {},
  nodeNames: ['node'],
  rights: ({ service }) => inService(service, [ofRedis('INFO')]),
  open: async ({ field, node, service }, cx) => {
    const connections = openNodeConnections(cx.cluster.addresses(PROBE), { timeoutMs: 250, service, role: 'redis' });
    return {
      read: async () => {
        if (node !== undefined) {
          const info = await connections.ask(node, (redis) => redis.info('everything')).catch(orDenied(node));
          return pick(info, field, node);
        }
        const answers = await connections.askAll(async (redis, row) =>
          pick(await redis.info('everything'), field, row.node),
        );
        checkAllowed(answers);
        return spread(answers);
      },
      [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
    };
  },
};

function pick(text: string, field: string, node: string): string | number {
  const value = parseInfo(text)[field];
  if (value === undefined) throw new Error(`INFO of ${node} has no field ${field}`);
  return value !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Nodes that do not answer are left out; an answer without the field, or no answer at all, is an error. */
function spread(answers: ReadonlyMap<string, string | number | Error>): Json {
  const nodes: Record<string, string | number> = {};
  for (const [node, answer] of answers) {
    if (answer instanceof Error) {
      if (answer.message.startsWith('INFO of')) throw answer;
    } else nodes[node] = answer;
  }
  const values = Object.values(nodes);
  if (values.length === 0) throw new Error('no Redis node answers');
  const numbers = values.filter((value) => typeof value === 'number');
  const result: JsonObject = { nodes };
  return numbers.length === 0 ? result : { ...result, min: Math.min(...numbers), max: Math.max(...numbers) };
}
