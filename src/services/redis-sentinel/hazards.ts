import type { Hazard, HazardQuestion } from '../../core/kinds.ts';
import { worstFirst } from '../hazards.ts';
import { redisHazards } from './hazards-of-redis.ts';
import { sentinelHazards } from './hazards-of-sentinels.ts';
import { zoneHazards } from './hazards-of-zones.ts';

/** Against runbook 000, section 1, and what was measured of failovers. Pure; a node that has not answered is not judged. */
export function hazards(question: HazardQuestion): readonly Hazard[] {
  return worstFirst([...sentinelHazards(question), ...redisHazards(question), ...zoneHazards(question)]);
}
