// What several commands say of warm clusters.
import type { SweptCluster } from '../../engine/warm/rollback.ts';
import type { Holder } from '../../engine/warm/store.ts';

export function sweptWords({ name, failure }: SweptCluster): string {
  return failure === undefined
    ? `Took down the warm cluster ${name}, which was only half made.`
    : `Could not take down the warm cluster ${name}, which is only half made: ${failure}`;
}

export function holderWords(holder: Holder | undefined): string {
  return holder === undefined ? 'another process' : `${holder.by} (pid ${holder.pid})`;
}
