// Kafka in KRaft mode: runbook 000's brokers, with a quorum of controllers of their own.
import type { Service } from '../../core/kinds.ts';
import { follow } from './follow.ts';
import { offsets, settings, view } from './live.ts';
import { planned } from './planned.ts';
import { predict } from './predict.ts';
import { prepare } from './prepare.ts';
import { DEFAULTS } from './settings.ts';
import { checkTopic } from './topics.ts';
import { kafkaFiles, kafkaLinks, kafkaNodes } from './topology.ts';
import { WORDS } from './words.ts';

export const kafka: Service = {
  kind: 'kafka',
  summary: 'Three Kafka brokers, and three controllers of their own',
  defaults: DEFAULTS,
  words: WORDS,
  nodes: kafkaNodes,
  links: kafkaLinks,
  files: kafkaFiles,
  checkTopic,
  prepare,
  view,
  settings,
  offsets,
  follow,
  planned,
  predict,
};
