// What `predict` says of a cluster of somebody else's before anything happens, against what a drill then measures there, for
// five configurations of Redis and two of Kafka. `npm run bench -- predict-truth [rounds] [redis | kafka]`
import { predictKafka } from './support/predict-kafka.ts';
import { predictRedis } from './support/predict-redis.ts';

const [, , , rounds = '1', only] = process.argv;
let missed = 0;
for (let round = 1; round <= Number(rounds); round++) {
  if (only !== 'kafka') missed += await predictRedis();
  if (only !== 'redis') missed += await predictKafka();
}
process.exitCode = missed === 0 ? 0 : 1;
