// `npm run compose`: writes docker-compose.chaos.yml, the cluster of a drill that says nothing of it, for people.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtin } from '../src/builtin.ts';
import { parseDrill } from '../src/drill/load.ts';
import { makePlan } from '../src/engine/plan.ts';
import { renderCompose } from '../src/runtimes/docker/compose.ts';
import type { Topology } from '../src/runtimes/docker/star.ts';
import { localRuntime } from '../src/runtimes/local/local.ts';

export const composeFile = fileURLToPath(new URL('../docker-compose.chaos.yml', import.meta.url));

const comment = ` The cluster that drills hurt, in containers. Written by "npm run compose" from the same topology as any run's: change that.

   docker compose -f docker-compose.chaos.yml up                              all of it
   COMPOSE_PROFILES=kafka docker compose -f docker-compose.chaos.yml up       the hub, and one of the services

 It is a star. Each node is on a network of its own, with Toxiproxy and nobody else; there its peers' names lead to
 Toxiproxy, which has a proxy for each directed pair (config links.json). What the probes use is published at 127.0.0.1,
 and so is Toxiproxy's API: curl 127.0.0.1:8474/proxies. docs/docker.md has the rest.

 Images, the first half of all addresses and the address of published ports come from the environment:
 FIREDRILL_KAFKA_IMAGE, FIREDRILL_REDIS_IMAGE, FIREDRILL_TOXIPROXY_IMAGE, FIREDRILL_BLOCK, FIREDRILL_LOOPBACK.`;

/** Both services as they are by default, with one client host. */
export function defaultTopology(): Topology {
  const drill = {
    title: 'The cluster by itself',
    cluster: { services: ['redis-sentinel', 'kafka'] },
    workloads: [{ name: 'hand', workload: 'redis.ledger' }],
    steadyStateHypothesis: { title: 'Well', probes: [{ probe: 'redis.topology', tolerance: { primaries: 1 } }] },
    method: [{ fault: 'process.kill', targets: 'redis-1' }],
  };
  const loaded = parseDrill(JSON.stringify(drill), 'default.drill.yaml', { registry: builtin });
  return makePlan(loaded.drill, builtin, localRuntime).spec;
}

export function renderDefault(): string {
  return renderCompose({ topology: defaultTopology(), byHand: { comment } });
}

if (import.meta.main) {
  writeFileSync(composeFile, renderDefault());
  process.stdout.write(`Wrote ${composeFile}\n`);
}
