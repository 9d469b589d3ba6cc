/** A target file in which everything is said. It is valid as it stands, and leads nowhere. */
export const TARGET = `# A cluster of your own. Nothing in it is started, and nothing is taken down.
# firedrill predict --target <name>  says how long its failures will take, and what its configuration breaks. Changes nothing.
# firedrill plan --target <name> …   connects, and proves what it can without doing it.
# firedrill run --target <name> …    does it. Refused where the environment is production.
environment: staging

services:
  # As drills call the service. Leave out what you do not have.
  redis-sentinel:
    kind: redis-sentinel
    sentinels: [redis-a.example:26379, redis-b.example:26379, redis-c.example:26379]
    # The Sentinels' name for the primary.
    primaryName: mymaster
    # Passwords never stand here: { env: NAME } or { file: path }, which counts from this file.
    # access:
    #   redis:
    #     user: firedrill
    #     password: { env: REDIS_PASSWORD }
    #     tls: { ca: ca.pem }
    #   sentinel:
    #     user: firedrill
    #     password: { file: secrets/sentinel }
    # How nodes can be stopped and started; without it, only faults are possible that the systems offer themselves.
    # Arguments are handed over as arguments. {host}, {port}, {node} and {role} are known, others stand under words.
    # control:
    #   by: command
    #   kill:
    #     - [ssh, "{host}", sudo, systemctl, mask, --runtime, "{unit}"]
    #     - [ssh, "{host}", sudo, systemctl, kill, --signal, KILL, "{unit}"]
    #   start:
    #     - [ssh, "{host}", sudo, systemctl, unmask, --runtime, "{unit}"]
    #     - [ssh, "{host}", sudo, systemctl, start, "{unit}"]
    #   status:
    #     run: [ssh, "{host}", systemctl, show, "{unit}", --property, "MainPID,ExecMainStartTimestampMonotonic"]
    #     gone: MainPID=0
    #   words:
    #     redis: { unit: redis-server }
    #     sentinel: { unit: redis-sentinel }
  kafka:
    kind: kafka
    bootstrap: [kafka-a.example:9092, kafka-b.example:9092]
    # access:
    #   broker:
    #     sasl: SCRAM-SHA-512
    #     user: firedrill
    #     password: { env: KAFKA_PASSWORD }
    #     tls: { ca: ca.pem }

# Which failure domain each node is in, by the address that it announces. Kafka's racks are known without it.
# zones:
#   "redis-a.example:6379": a

# Where an announced address is reached from here, if not there.
# ways:
#   "10.0.0.1:6379": redis-a.example:6379

# Over the params of drills.
# params:
#   rto: 40s

# Before the name of every topic and group that is made there; they are removed at the end.
prefix: firedrill-
`;
