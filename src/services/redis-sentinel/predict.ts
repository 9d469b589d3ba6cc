import { PRIMARY_NAME } from '../../clients/sentinel.ts';
import type { PredictQuestion } from '../../core/kinds.ts';
import type { Band } from '../../core/verdict.ts';
import { worstNumber } from './settings.ts';
import { WORDS } from './words.ts';

/** Failures that the kernel answers for (connections are reset) and those in which the peer is only silent. */
const RESET = new Set(['process.kill', 'process.stop', 'host.crash']);
const SILENT = new Set(['process.pause', 'network.partition']);

/**
 * From the failure of the primary to the first acknowledged write, by the constants of sentinel.c (7.0-7.4):
 * +sdown after down-after, plus up to 0.2 s where connections are reset or up to 1.2 s (a PING period and a tick) where
 * the primary is silent; votes and promotion 0.3-0.7 s. Where writes need a replica, the leader sends the other
 * replica to the new primary only after an INFO (every 1 s during a failover) has shown the promotion.
 */
export function predict(question: PredictQuestion): Band | { readonly because: string } {
  const reset = RESET.has(question.fault);
  if (!reset && !SILENT.has(question.fault)) return { because: `no formula for ${question.fault}` };
  const primary = WORDS['redis-primary']?.resolve(question.view)[0];
  if (primary === undefined) return { because: 'no primary that a majority of the Sentinels names' };
  if (!question.targets.includes(primary))
    return { because: 'the primary is not among the targets: no failover is expected' };
  const downAfterMs = worstNumber(question.settings, 'sentinel', 'down-after-milliseconds', 'max');
  if (downAfterMs === undefined) return { because: `no Sentinel said its down-after-milliseconds for ${PRIMARY_NAME}` };
  const minReplicas = worstNumber(question.settings, 'redis', 'min-replicas-to-write', 'max') ?? 0;
  const detectionMs = reset ? 200 : 1200;
  const attachMs = minReplicas > 0 ? 1300 : 1100;
  return {
    lowMs: downAfterMs + 300,
    highMs: downAfterMs + detectionMs + 700 + attachMs,
    allowanceMs: 500,
    formula:
      `down-after + 0.3 s at least; at most down-after + ${detectionMs / 1000} s (detection, ${reset ? 'connections reset' : 'silence'})` +
      ` + 0.7 s (votes, promotion) + ${attachMs / 1000} s (${minReplicas > 0 ? 'the other replica attached, publication' : 'publication'})`,
    inputs: { 'down-after-milliseconds': downAfterMs, 'min-replicas-to-write': minReplicas },
  };
}
