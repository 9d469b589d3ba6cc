export const REDIS_DRILL = `# A claim that can be wrong: it is the drill's headline when it fails at 3 in the morning.
title: A killed Redis primary is replaced within 10 s and no confirmed write is lost
description: Sentinel must promote a replica, and clients must find it by themselves.
# What the person on call does when this drill fails.
onFailure: Ask each Sentinel who is primary. If they agree on a dead node, run SENTINEL FAILOVER mymaster on one.
# How often it has to be run: nightly, daily, weekly, monthly, quarterly or yearly. It is a tag too, and what is tagged
# monthly is run when no drill is named.
# cadence: monthly
tags: [redis]
# Values that have a name: $rto below. From the command line: --param rto=15s
params:
  rto: 10s

# A cluster of its own: a primary, two replicas and three Sentinels, with every link between them under control.
# firedrill explain redis-sentinel shows the settings that it has by default.
cluster:
  services:
    - redis-sentinel
  settings:
    sentinel:
      # How long a primary has to be silent until a Sentinel takes it for dead. Nearly all of the outage is this.
      down-after-milliseconds: 5000

# Traffic from clients: each operation is recorded with what became of it.
workloads:
  - name: writes
    workload: redis.ledger
    # Follows the cluster's truth and never waits on a dead node. Say ioredis instead to test that client library.
    client: oracle
    with:
      rate: 100/s
      # A write counts as ok once WAIT has confirmed it on this many replicas.
      confirmedBy: 1

timing:
  warmUp: 5s
  # By when the cluster has to be whole again, and for how long, so that it counts.
  recoveryWithin: 60s
  heldFor: 3s

# What is so while all is well. It must hold before the fault (else nothing is hurt), and again afterwards.
steadyStateHypothesis:
  title: One primary that takes writes, two replicas in step, three Sentinels that agree
  probes:
    - probe: redis.topology
      tolerance:
        primaries: 1
        acceptingWrites: 1
        replicasInStep:
          atLeast: 2
        sentinelsAgreeing: 3

# What is done to it. Whoever is primary when it happens is meant.
method:
  - name: kill
    fault: process.kill
    targets: redis-primary
    hold:
      until: recovered
      atMost: 20s

# A fault that would touch more than this is not injected.
blastRadius:
  maxNodes: 1

# The run is aborted and rolled back when this is out of tolerance for that long.
stopConditions:
  - name: two nodes take writes
    probe: redis.topology
    tolerance:
      acceptingWrites:
        atMost: 1
    for: 5s

# What must be true. firedrill explain lists what can be asserted.
assertions:
  - assert: rto
    of: writes
    since: kill
    with:
      atMost: $rto
  - assert: rpo
    of: writes
    with:
      lostWrites: 0

# A drill that cannot fail proves nothing. Each of these breaks it on purpose and names the assertion that must then fail:
# firedrill prove runs them.
selfTest:
  - name: Sentinels that wait a minute
    override:
      cluster:
        settings:
          sentinel:
            down-after-milliseconds: 60000
    fails: rto
  - name: a failover that does not wait for the replicas
    override:
      method:
        - name: kill
          fault: redis.failover
          targets: null
          with:
            form: plain
            acceptsLoss: true
    fails: rpo
`;
