import { z } from 'zod';
import type { Fault, LiveContext } from '../core/kinds.ts';
import { duration } from '../core/units.ts';
import { need } from './effect/capability.ts';
import { type LinkPrior, shapeAndProve, shapedLinks, stillShaped, unshape, waySchema } from './effect/shape.ts';

const params = z
  .strictObject({
    latency: duration().describe('added to every direction'),
    jitter: duration().default(0).describe('plus or minus this much, evenly spread'),
    way: waySchema,
  })
  .transform(({ latency, jitter, way }) => ({ latencyMs: latency, jitterMs: jitter, way }));

export const networkLatency: Fault<z.output<typeof params>, LinkPrior> = {
  kind: 'network.latency',
  summary: 'Delays every byte to and from the targets',
  params,
  needsTargets: true,
  undoneBy: 'taking the delay off the links',
  needs: () => ['links'],
  touches: (input) => input.targets,
  undo: (input) => ({ links: shapedLinks(input) }),
  inject: (input, cx) => {
    const { latencyMs, jitterMs } = input.params;
    return shapeAndProve(
      {
        links: shapedLinks(input),
        shape: { latencyMs, jitterMs },
        atLeastMs: 2 * Math.max(0, latencyMs - jitterMs),
        time: (link, withinMs) => timeAnswer(link, withinMs, cx),
      },
      cx,
    );
  },
  still: stillShaped,
  revert: unshape,
};

async function timeAnswer(link: string, withinMs: number, cx: LiveContext): Promise<number | undefined> {
  const calledMs = cx.clock.nowMs();
  const answers = await need(cx.cluster, 'links').answers([link], withinMs);
  return answers[link] === true ? cx.clock.nowMs() - calledMs : undefined;
}
