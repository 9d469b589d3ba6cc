// The runtime that the contract's own runner process opens.
export { dockerRuntime as runtime } from '../../src/runtimes/docker/docker.ts';
