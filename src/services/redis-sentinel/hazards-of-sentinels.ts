// Too few, too many, or not of one mind: what keeps Sentinels from a failover, or makes them do one for nothing.
import type { Hazard, HazardQuestion } from '../../core/kinds.ts';
import type { NodeName } from '../../core/node.ts';
import { formatMs } from '../../core/units.ts';
import { few, when } from '../hazards.ts';
import { factsOf, majorityOf, nodesWith, votersOf } from './facts.ts';
import { opinionHazards } from './hazards-of-opinions.ts';
import { numberOf } from './settings.ts';

/** Below it healthy primaries are given up: a fork, a slow disk or a busy machine is enough. */
const SHORTEST_DOWN_AFTER_MS = 3000;
const LONGEST_RETRY_MS = 60_000;
const SETTINGS = ['quorum', 'down-after-milliseconds', 'failover-timeout'] as const;

export function sentinelHazards(question: HazardQuestion): readonly Hazard[] {
  if (nodesWith(question.view, 'sentinel').length === 0) return [];
  return [
    ...ofTheirNumber(question),
    ...ofTheQuorum(question),
    ...opinionHazards(question),
    ...ofTheirSettings(question),
    ...ofTheirClocks(question),
  ];
}

function ofTheirNumber({ view }: HazardQuestion): readonly Hazard[] {
  const voters = votersOf(view);
  const where = nodesWith(view, 'sentinel');
  const majority = majorityOf(voters);
  if (voters < 3)
    return [
      {
        id: 'few-sentinels',
        severity: 'critical',
        what: voters === 1 ? 'there is one Sentinel' : `there are ${voters} Sentinels`,
        therefore: `the loss of one leaves no majority (${majority} of ${voters}): nobody is promoted, and service stays away until it is back`,
        mend: 'run three, each in a zone of its own',
        where,
      },
    ];
  if (voters % 2 === 1) return [];
  return [
    {
      id: 'even-sentinels',
      severity: 'warning',
      what: `there are ${voters} Sentinels`,
      therefore: `they stand the loss of ${voters - majority}, as ${voters - 1} would; split into halves, neither half promotes anybody`,
      mend: 'add one, or take one away (SENTINEL RESET on the others afterwards: they never forget it by themselves)',
      where,
    },
  ];
}

function ofTheQuorum({ view, settings }: HazardQuestion): readonly Hazard[] {
  const majority = majorityOf(votersOf(view));
  const quorums = told(view, settings, 'quorum');
  const low = quorums.filter(({ value }) => value < 2);
  const high = quorums.filter(({ value }) => value > majority);
  const right = Math.max(2, majority);
  return [
    ...hazardOf(low, {
      id: 'quorum-one',
      severity: 'critical',
      what: `the quorum is 1 on ${few(nodesOf(low))}`,
      therefore:
        'one Sentinel that cannot reach the primary has it replaced, though it serves: an outage for nothing, and the unconfirmed writes of its last moments are lost',
      mend: `SENTINEL SET <primary> quorum ${right}, on each of them`,
    }),
    ...hazardOf(high, {
      id: 'quorum-above-majority',
      severity: 'critical',
      what: `the quorum is ${high.map(({ value }) => value).join(', ')} on ${few(nodesOf(high))}, and a majority is ${majority}`,
      therefore: `with ${votersOf(view) - Math.max(...high.map(({ value }) => value)) + 1} of ${votersOf(view)} Sentinels lost, nobody is promoted, though a majority is left`,
      mend: `SENTINEL SET <primary> quorum ${right}, on each of them`,
    }),
  ];
}

function ofTheirSettings({ view, settings }: HazardQuestion): readonly Hazard[] {
  const differing = SETTINGS.flatMap((name) => {
    const values = told(view, settings, name);
    const text = values.map(({ node, value }) => `${value} on ${node}`).join(', ');
    return new Set(values.map(({ value }) => value)).size > 1 ? [`${name} ${text}`] : [];
  });
  return when(differing.length > 0, {
    id: 'sentinels-differ',
    severity: 'warning',
    what: `the Sentinels are not set alike: ${differing.join('; ')}`,
    therefore: 'how long a failover takes depends on which of them are left, and a drill shows one case of several',
    mend: 'SENTINEL SET <primary> …, the same on each: a Sentinel does not tell the others',
    where: nodesWith(view, 'sentinel'),
  });
}

function ofTheirClocks({ view, settings }: HazardQuestion): readonly Hazard[] {
  const short = told(view, settings, 'down-after-milliseconds').filter(({ value }) => value < SHORTEST_DOWN_AFTER_MS);
  const slow = told(view, settings, 'failover-timeout').filter(({ value }) => value > LONGEST_RETRY_MS);
  const { tilt } = factsOf(view);
  return [
    ...hazardOf(
      tilt.map((node) => ({ node, value: 1 })),
      {
        id: 'sentinel-in-tilt',
        severity: 'critical',
        what: `${few(tilt)} ${tilt.length === 1 ? 'is' : 'are'} in TILT: its clock jumped, or its process stood still for 2 s`,
        therefore: 'it takes no part in a failover for 30 s',
        mend: 'look for what stopped it: a busy machine, a paused virtual machine, a changed clock',
      },
    ),
    ...hazardOf(short, {
      id: 'short-down-after',
      severity: 'warning',
      what: `down-after-milliseconds is ${short.map(({ value }) => value).join(', ')} on ${few(nodesOf(short))}`,
      therefore:
        'a primary that stands still for so long (a fork, a slow disk, a busy machine) is replaced, though it lives',
      mend: 'SENTINEL SET <primary> down-after-milliseconds 5000, on each of them: runbook 000',
    }),
    ...hazardOf(slow, {
      id: 'slow-retry',
      severity: 'warning',
      what: `failover-timeout is ${slow.map(({ value }) => value).join(', ')} on ${few(nodesOf(slow))}`,
      therefore: `after an attempt that failed, the next one comes ${formatMs(2 * Math.max(...slow.map(({ value }) => value)))} later at the earliest: service is away for that long`,
      mend: 'SENTINEL SET <primary> failover-timeout 10000, on each of them: runbook 000',
    }),
  ];
}

interface Told {
  readonly node: NodeName;
  readonly value: number;
}

function told(view: HazardQuestion['view'], settings: HazardQuestion['settings'], name: string): readonly Told[] {
  return nodesWith(view, 'sentinel').flatMap((node) => {
    const value = numberOf(settings, 'sentinel', node, name);
    return value === undefined ? [] : [{ node, value }];
  });
}

function nodesOf(found: readonly Told[]): readonly NodeName[] {
  return found.map(({ node }) => node);
}

function hazardOf(found: readonly Told[], hazard: Omit<Hazard, 'where'>): readonly Hazard[] {
  return found.length === 0 ? [] : [{ ...hazard, where: nodesOf(found) }];
}
