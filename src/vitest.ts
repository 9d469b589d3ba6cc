/**
 * The second public entry, `firedrill/vitest`: drills as tests, for a repository of one's own.
 * @module
 */
export { type DrillTestOptions, testDrills } from './vitest/test-drills.ts';
