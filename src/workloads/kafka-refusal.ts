// What the workloads on Kafka say when what is asked of them cannot be done.
import { DrillError } from '../core/error.ts';
import type { WorkloadContext } from '../core/kinds.ts';

export type Refusal = (at: Pick<WorkloadContext, 'name'>, why: string, hint: string, cause?: unknown) => DrillError;

export function refusalOf(kind: string): Refusal {
  return ({ name }, why, hint, cause) =>
    new DrillError('WORKLOAD_FAILED', `${kind}: ${why}`, { at: `workload ${name}`, hint, cause });
}

/** What to do next, where the metadata of topics could not be had. */
export function hintFor(why: string): string {
  return why.startsWith('no broker answers')
    ? 'the topics were not looked at yet: is the machine overloaded?'
    : 'declare the topics under cluster.topics';
}

/** The one Kafka that the cluster has. `cannot`: what is not known where it has several, or none. */
export function onlyKafka(cx: WorkloadContext, refusal: Refusal, cannot: string): string {
  const services = new Set(cx.addresses.rows.filter((row) => row.role === 'broker').map((row) => row.service));
  const [service] = services;
  if (service !== undefined && services.size === 1) return service;
  const found = service === undefined ? 'the cluster has no Kafka' : `it has several: ${[...services].join(', ')}`;
  const hint = service === undefined ? 'add a kafka service to the cluster' : 'say which in with.service';
  throw refusal(cx, `${cannot}: ${found}`, hint);
}
