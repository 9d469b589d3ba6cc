import type { Hazard, HazardQuestion } from '../../core/kinds.ts';
import { worstFirst } from '../hazards.ts';
import { partitionHazards } from './hazards-of-partitions.ts';
import { clusterHazards } from './hazards-of-the-cluster.ts';
import { topicHazards } from './hazards-of-topics.ts';

/** Against runbook 000, section 1, and what was measured of failovers. Pure; what nobody told is not judged. */
export function hazards(question: HazardQuestion): readonly Hazard[] {
  return worstFirst([...partitionHazards(question), ...topicHazards(question), ...clusterHazards(question)]);
}
