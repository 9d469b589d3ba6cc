// The runtime that the contract's own runner process opens.
export { localRuntime as runtime } from '../../src/runtimes/local/local.ts';
