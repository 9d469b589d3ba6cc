// The `command` workload with the client that behaves as it is told: for tests.
import type { EventBody } from '../src/core/journal.ts';
import type { AddressBook } from '../src/core/node.ts';
import { commandWorkload } from '../src/workloads/command.ts';
import { runWorkload, type WorkloadRun } from './run-workload.ts';

const client = new URL('./scripted-client.ts', import.meta.url).pathname;

export interface ScriptedClient {
  readonly dir: string;
  readonly behaviour?: string;
  readonly argument?: string;
  /** Params of the workload, as in YAML. */
  readonly with?: object;
  readonly events?: EventBody[];
  readonly signal?: AbortSignal;
}

const at = { host: '127.64.0.1', port: 7000 };
const row = { node: 'redis-1', service: 'cache', role: 'redis', listener: 'redis', announced: at, address: at };
export const scriptedBook: AddressBook = { from: 'client:writes', rows: [row] };

export function startScriptedClient(options: ScriptedClient): Promise<WorkloadRun> {
  const { behaviour = 'good', argument = '', with: more, ...rest } = options;
  const params = { run: [process.execPath, client, behaviour, argument], deadline: '500ms', ...more };
  return runWorkload(commandWorkload, params, { addresses: scriptedBook, ...rest });
}
