// What a link can suffer, as Toxiproxy's toxics. One per kind and direction, under names of ours.
import type { LinkShape } from '../../core/cluster.ts';

export type Direction = 'upstream' | 'downstream';

export interface ToxicSpec {
  readonly name: string;
  readonly type: string;
  readonly stream: Direction;
  readonly attributes: Readonly<Record<string, number>>;
}

/** Longer than any drill: bytes stop, connections stay open, and nothing is lost. */
const DAY_MS = 86_400_000;
/** Faster than any machine, and small enough for Toxiproxy to multiply. Its rate 0 is a standstill. */
const UNLIMITED_KB_PER_SECOND = 1_000_000_000;

const directions: readonly Direction[] = ['upstream', 'downstream'];

/** Toxics with this prefix are a cut's. */
export const CUT_PREFIX = 'cut-';

/** `timeout` would close the connections on removal, and disabling the proxy at once: neither is a silent partition. */
export const CUT_TOXICS: readonly ToxicSpec[] = directions.map((stream) => ({
  name: `${CUT_PREFIX}${stream}`,
  type: 'latency',
  stream,
  attributes: { latency: DAY_MS, jitter: 0 },
}));

/** Empty for a shape that says nothing. */
export function shapeToxics(shape: LinkShape): readonly ToxicSpec[] {
  const slow = shape.latencyMs !== undefined || shape.jitterMs !== undefined;
  return directions.flatMap((stream) => [
    ...(slow
      ? [
          toxic('latency', stream, {
            latency: Math.round(shape.latencyMs ?? 0),
            jitter: Math.round(shape.jitterMs ?? 0),
          }),
        ]
      : []),
    ...(shape.rateKbPerSecond === undefined
      ? []
      : [toxic('bandwidth', stream, { rate: Math.max(1, Math.round(shape.rateKbPerSecond)) })]),
  ]);
}

function toxic(type: string, stream: Direction, attributes: ToxicSpec['attributes']): ToxicSpec {
  return { name: `${SHAPE_PREFIX}${type}-${stream}`, type, stream, attributes };
}

/** Toxics with this prefix are a shape's. */
export const SHAPE_PREFIX = 'shape-';

/** The same toxic, doing nothing; undefined for a type that cannot. */
export function neutral(spec: ToxicSpec): ToxicSpec | undefined {
  if (spec.type === 'latency') return { ...spec, attributes: { latency: 0, jitter: 0 } };
  if (spec.type === 'bandwidth') return { ...spec, attributes: { rate: UNLIMITED_KB_PER_SECOND } };
  return undefined;
}

export function sameAttributes(a: ToxicSpec, b: ToxicSpec): boolean {
  const keys = Object.keys(b.attributes);
  return keys.every((key) => a.attributes[key] === b.attributes[key]);
}
