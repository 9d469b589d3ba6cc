import type { Runtime } from '../../core/kinds.ts';
import { endProcesses } from '../own/processes.ts';
import { KIND } from './state.ts';

/** Containers of an engine on this machine. Linux only. Its libraries are loaded when it is chosen: they take half a second. */
export const dockerRuntime: Runtime = {
  kind: KIND,
  summary: 'Containers on this machine, each on a network of its own with Toxiproxy as the only way out.',
  capabilities: ['lifecycle', 'pausing', 'links', 'isolation', 'exec', 'logs', 'config', 'commands'],
  open: async (spec, cx) => (await import('./open.ts')).open(spec, cx),
  versions: async (cx, nodes) => (await import('./open.ts')).versions(cx, nodes),
  whyNot: async (cx, nodes) => (await import('./prepare.ts')).whyNot(cx, nodes),
  adopt: async (handle) => (await import('./open.ts')).adopt(handle),
  endProcesses,
};
