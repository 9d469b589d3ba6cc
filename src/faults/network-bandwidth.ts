import { z } from 'zod';
import { connectDirect } from '../clients/redis.ts';
import type { Fault, LiveContext } from '../core/kinds.ts';
import { type LinkPrior, shapeAndProve, shapedLinks, stillShaped, unshape, waySchema } from './effect/shape.ts';

const params = z
  .strictObject({
    rateKBps: z.number().int().positive().describe('kilobytes per second and direction, on each link'),
    way: waySchema,
  })
  .transform(({ rateKBps, way }) => ({ rateKbPerSecond: rateKBps, way }));

/** How long the request that proves it should take: long against a healthy answer, short against a failover. */
const PROOF_MS = 200;

export const networkBandwidth: Fault<z.output<typeof params>, LinkPrior> = {
  kind: 'network.bandwidth',
  summary: 'Limits how many bytes a second pass to and from the targets',
  params,
  example: { with: { rateKBps: 64 } },
  needsTargets: true,
  undoneBy: 'taking the limit off the links',
  needs: () => ['links'],
  touches: (input) => input.targets,
  undo: (input) => ({ links: shapedLinks(input) }),
  inject: (input, cx) => {
    const { rateKbPerSecond } = input.params;
    const payloadBytes = Math.max(256, Math.round((rateKbPerSecond * 1024 * PROOF_MS) / 1000));
    return shapeAndProve(
      {
        links: shapedLinks(input),
        shape: { rateKbPerSecond },
        atLeastMs: PROOF_MS / 2,
        time: (link, withinMs) => timeEcho(link, { payloadBytes, withinMs }, cx),
      },
      cx,
    );
  },
  still: stillShaped,
  revert: unshape,
};

/** PING with a payload through a link's own listener: it goes there and comes back. */
async function timeEcho(
  linkName: string,
  { payloadBytes, withinMs }: { readonly payloadBytes: number; readonly withinMs: number },
  cx: LiveContext,
): Promise<number | undefined> {
  const link = cx.cluster.spec.links.find((l) => l.name === linkName);
  const row = cx.cluster
    .addresses(link?.from ?? '')
    .rows.find((r) => r.node === link?.to && r.listener === link?.listener);
  if (row === undefined) return undefined;
  const redis = await connectDirect(row, { timeoutMs: withinMs });
  try {
    const calledMs = cx.clock.nowMs();
    await redis.ping('x'.repeat(payloadBytes));
    return cx.clock.nowMs() - calledMs;
  } catch {
    return undefined;
  } finally {
    redis.disconnect();
  }
}
