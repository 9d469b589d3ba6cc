// The public entry of the package.
export { DrillError, type ErrorCode } from './core/error.ts';
