// Kafka in KRaft mode: runbook 000's brokers, with a quorum of controllers of their own.
import type { Service } from '../../core/kinds.ts';
import { adopt } from './adopt.ts';
import { revert } from './attached.ts';
import { clear } from './clear.ts';
import { discover } from './discover.ts';
import { FAILURES, unseen } from './failures.ts';
import { follow } from './follow.ts';
import { grants } from './grants.ts';
import { hazards } from './hazards.ts';
import { offsets, settings, view } from './live.ts';
import { margins } from './margins.ts';
import { outline } from './outline.ts';
import { planned } from './planned.ts';
import { predict } from './predict.ts';
import { prepare } from './prepare.ts';
import { rehearse } from './rehearse.ts';
import { checkRights, rights } from './rights.ts';
import { NODE_SETTINGS } from './setting-names.ts';
import { DEFAULTS } from './settings.ts';
import { SYSTEM_DEFAULTS } from './system-defaults.ts';
import { checkTopic } from './topics.ts';
import { kafkaFiles, kafkaLinks, kafkaNodes } from './topology.ts';
import { WORDS } from './words.ts';

export const kafka: Service = {
  kind: 'kafka',
  summary: 'Three Kafka brokers, and three controllers of their own',
  defaults: DEFAULTS,
  settingNames: { kafka: NODE_SETTINGS, broker: NODE_SETTINGS, controller: NODE_SETTINGS },
  words: WORDS,
  nodes: kafkaNodes,
  links: kafkaLinks,
  files: kafkaFiles,
  checkTopic,
  prepare,
  rehearse,
  revert,
  clear,
  view,
  settings,
  offsets,
  follow,
  planned,
  rights,
  checkRights,
  grants,
  discover,
  targetWords: { seeds: 'bootstrap', roles: ['broker'], terms: {} },
  margins,
  predict,
  adopt,
  failures: FAILURES,
  hazards,
  outline,
  unseen,
  systemDefaults: SYSTEM_DEFAULTS,
};
