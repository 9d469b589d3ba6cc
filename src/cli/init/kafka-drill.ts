export const KAFKA_DRILL = `# A claim that can be wrong: it is the drill's headline when it fails at 3 in the morning.
title: A killed leader is replaced within 15 s, no acknowledged record is lost, and consumers catch up
description: The controllers must fence the broker and elect another leader, and clients must find it by themselves.
# What the person on call does when this drill fails.
onFailure: kafka-topics --describe --unavailable-partitions says which partitions nobody leads, and which brokers are gone.
# How often it has to be run: nightly, daily, weekly, monthly, quarterly or yearly. It is a tag too, and what is tagged
# monthly is run when no drill is named.
# cadence: monthly
tags: [kafka]
# Values that have a name: $rto below. From the command line: --param rto=20s
params:
  rto: 15s

# A cluster of its own: three controllers and three brokers, with every link between them under control.
# firedrill explain kafka shows the settings that it has by default.
cluster:
  services:
    - kafka
  settings:
    controller:
      # How long a broker has to be silent until it is fenced. Nearly all of the outage is this.
      broker.session.timeout.ms: 9000
  topics:
    orders:
      partitions: 3
      # The first of each is the preferred leader. Without it Kafka places them, differently each time.
      replicas: [[1, 2, 3], [2, 3, 1], [3, 1, 2]]

# Traffic from clients: each record is written down with what became of it, and all are read back at the end.
workloads:
  - name: writes
    workload: kafka.ledger
    # Follows the newest leader and never waits on a dead broker. Say kafkajs instead to test that client library.
    client: oracle
    with:
      topic: orders
      # To each partition.
      rate: 20/s
  - name: consumers
    workload: kafka.consumer
    client: kafkajs/hardened
    with:
      topics: orders
      members: 2
      # Whose records they are to have seen, each once.
      ledger: writes
      rate: 20/s

timing:
  warmUp: 8s
  # By when the cluster has to be whole again, and for how long, so that it counts.
  recoveryWithin: 60s
  heldFor: 3s
  drainWithin: 30s

# What is so while all is well. It must hold before the fault (else nothing is hurt), and again afterwards.
steadyStateHypothesis:
  title: Three brokers in service, every partition whole, one active controller with two others in step
  probes:
    - probe: kafka.replication
      with:
        internal: true
      tolerance:
        brokersUnfenced: 3
        isrWhole: true
        offline: 0
    - probe: kafka.quorum
      every: 250ms
      tolerance:
        activeControllers: 1
        votersInStep: 3

# What is done to it. Whoever leads orders/0 when it happens is meant.
method:
  - name: kill
    fault: process.kill
    targets:
      leaderOf: orders/0
    hold:
      until: recovered
      atMost: 40s

# A fault that would touch more than this is not injected.
blastRadius:
  maxNodes: 1

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
  - assert: lagConvergence
    probe:
      kind: kafka.lag
      every: 250ms
      timeout: 1s
      with:
        group: consumers
        topics: orders
    since: kill
    with:
      records: 100
    within: 45s
    for: 3s

# A drill that cannot fail proves nothing. Each of these breaks it on purpose and names the assertion that must then fail:
# firedrill prove runs them.
selfTest:
  - name: controllers that wait for a minute
    override:
      cluster:
        settings:
          controller:
            broker.session.timeout.ms: 60000
      method:
        - name: kill
          hold:
            until: recovered
            atMost: 20s
    fails: rto
  - name: a leader without its followers, and writes that do not ask for them
    override:
      workloads:
        - name: writes
          with:
            acks: 1
      method:
        - name: kill
          fault: network.partition
          targets: null
          with:
            groups:
              - [{ leaderOf: orders/0 }, clients]
              - [rest]
          hold: 15s
    fails: rpo
  - name: consumers that are too slow
    override:
      workloads:
        - name: consumers
          with:
            processing: 100ms
    fails: lagConvergence
`;
