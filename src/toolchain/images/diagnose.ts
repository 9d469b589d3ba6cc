import type { Diagnosis } from '../diagnosis.ts';
import type { ToolContext } from '../recipe.ts';
import { chooseImages } from './choose.ts';
import { askCompose, askEngine, type Engine, type NoAnswer } from './engine.ts';
import { mendEngine, whyNotBuilt } from './obstacles.ts';

const without = 'only the runtime docker needs it';

/** The engine, Compose, and the images: what clusters in containers need, and nothing else does. */
export async function diagnoseContainers(cx: ToolContext): Promise<Diagnosis[]> {
  const [engine, compose] = await Promise.all([askEngine(cx), askCompose(cx)]);
  return [
    diagnoseAnswer(cx, 'docker engine', engine),
    diagnoseAnswer(cx, 'docker compose', compose),
    await diagnoseImages(cx, engine),
  ];
}

function diagnoseAnswer(cx: ToolContext, name: string, answer: { readonly version: string } | NoAnswer): Diagnosis {
  if ('version' in answer) return { name, state: 'ok', required: false, found: answer.version };
  const mend = mendEngine(cx.platform, answer.why);
  return { name, state: 'missing', required: false, found: `${answer.why}; ${without}`, mend };
}

async function diagnoseImages(cx: ToolContext, engine: Engine | NoAnswer): Promise<Diagnosis> {
  const common = { name: 'images', required: false } as const;
  if ('why' in engine)
    return { ...common, state: 'missing', found: 'no engine to ask', mend: mendEngine(cx.platform, engine.why) };
  const chosen = Object.values(await chooseImages(cx));
  const absent = chosen.filter(({ id }) => id === undefined);
  if (absent.length === 0)
    return { ...common, state: 'ok', found: chosen.map(({ reference }) => reference).join(', ') };
  const found = `no ${absent.map(({ reference }) => reference).join(', no ')}; ${without}`;
  const named = absent.filter(({ source }) => source === 'environment');
  const pull = (named.length > 0 ? named : absent).map(({ reference }) => `docker pull ${reference}`).join(' && ');
  const obstacle = whyNotBuilt(
    cx,
    absent.map(({ name }) => name),
    engine,
  );
  const mend = named.length > 0 || obstacle?.mend.startsWith('docker pull') ? pull : 'firedrill images build';
  return { ...common, state: 'missing', found, mend };
}
