import { stateDirectory } from '../core/state-dir.ts';
import { cacheDirectory } from './cache.ts';
import type { Diagnosis } from './diagnosis.ts';
import { diagnoseGo } from './go.ts';
import { diagnoseContainers } from './images/diagnose.ts';
import {
  diagnoseDisk,
  diagnoseLoopback,
  diagnoseMemory,
  diagnoseMountIsolation,
  diagnoseNode,
  diagnoseOpenFiles,
  diagnoseWritable,
} from './machine.ts';
import { createToolContext, findTool, type ProvisionOptions } from './provision.ts';
import { isFound, type ToolContext, type ToolRecipe } from './recipe.ts';
import { type ToolName, toolNames, tools } from './tools.ts';

/**
 * Everything that drills need on this machine: what is there, what is not, and the one command that mends it. Looks
 * only: nothing is made or downloaded, and nothing is left changed.
 */
export async function diagnose(options: Pick<ProvisionOptions, 'env' | 'signal'> = {}): Promise<Diagnosis[]> {
  const cx = createToolContext(options);
  const cacheDir = cacheDirectory(cx.env);
  const found = await Promise.all(toolNames.map((name) => diagnoseTool(cx, name, cacheDir)));
  const needsGo = found.some(({ name, state }) => name === 'toxiproxy' && state !== 'ok');
  const machine = await Promise.all([
    diagnoseGo(cx, needsGo),
    diagnoseMountIsolation(cx),
    diagnoseLoopback(),
    diagnoseDisk(),
    diagnoseOpenFiles(cx),
    diagnoseWritable('cache', cacheDir, 'FIREDRILL_CACHE'),
    diagnoseWritable('state', stateDirectory(cx.env), 'XDG_STATE_HOME'),
  ]);
  return [diagnoseNode(), ...found, ...machine, diagnoseMemory(), ...(await diagnoseContainers(cx))];
}

async function diagnoseTool(cx: ToolContext, name: ToolName, cacheDir: string): Promise<Diagnosis> {
  const recipe: ToolRecipe = tools[name];
  const tool = await findTool(cx, recipe, cacheDir);
  const required = !forKafka.has(name);
  if (isFound(tool)) {
    const from = tool.source === 'path' ? 'from PATH' : 'made by us';
    const runs = tool.args === undefined ? tool.path : `run by ${tool.path}`;
    return { name, state: 'ok', required, found: `${tool.version}, ${runs}, ${from}` };
  }
  const mend = recipe.whyNotMade(cx) === undefined ? 'firedrill setup' : recipe.mend(cx);
  const found = required ? tool.why : `${tool.why}; drills without Kafka do without it`;
  return { name, state: tool.broken === true ? 'broken' : 'missing', required, found, mend };
}

const forKafka: ReadonlySet<ToolName> = new Set(['java', 'kafka-tools', 'kafka']);
