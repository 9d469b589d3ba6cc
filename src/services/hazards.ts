// What services share in telling hazards.
import type { Hazard } from '../core/kinds.ts';

/** The worst first; of the same weight, in the order of the rules. */
export function worstFirst(hazards: readonly Hazard[]): readonly Hazard[] {
  return [
    ...hazards.filter(({ severity }) => severity === 'critical'),
    ...hazards.filter(({ severity }) => severity === 'warning'),
  ];
}

/** The hazard, if it is one. */
export function when(isSo: boolean, hazard: Hazard): readonly Hazard[] {
  return isSo ? [hazard] : [];
}

const SHOWN = 4;

/** `a, b, c and 5 more`. */
export function few(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return more <= 1 ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')} and ${more} more`;
}
