import { expect, it } from 'vitest';
import { tellsStory } from './story.ts';

// A failover as three Sentinels of Redis 7.0 tell it, each kind of event once, in their order.
const FAILOVER = `+sdown +odown +new-epoch +try-failover +vote-for-leader +elected-leader +failover-state-select-slave
  +selected-slave +failover-state-send-slaveof-noone +failover-state-wait-promotion +promoted-slave
  +failover-state-reconf-slaves +slave-reconf-sent +config-update-from +slave-reconf-inprog +slave-reconf-done -odown
  +failover-end +switch-master +slave -sdown +convert-to-slave promoted attached refuses-writes`.split(/\s+/);

it('of a failover those events are told that tell its story', () => {
  expect(FAILOVER.filter((mark) => tellsStory({ mark }))).toEqual(
    '+sdown +odown +elected-leader +promoted-slave +switch-master promoted attached refuses-writes'.split(' '),
  );
});

it('and why a failover came to nothing, and that a Sentinel could not be trusted', () => {
  expect(['-failover-abort-no-good-slave', '+tilt', '-tilt'].every((mark) => tellsStory({ mark }))).toBe(true);
});
