// What the runtime does, apart from what it is: loaded only once somebody chooses it.
import type { Cluster, ClusterHandle, ClusterSpec } from '../../core/cluster.ts';
import { DrillError } from '../../core/error.ts';
import type { RuntimeContext } from '../../core/kinds.ts';
import type { NodeSpec } from '../../core/node.ts';
import type { ChosenImage } from '../../toolchain/images/choose.ts';
import { leaseSubnet, releaseSubnet } from '../own/lease.ts';
import { newHandle, readOccupied, startAll } from './bring-up.ts';
import { clusterOf } from './cluster.ts';
import { openEngine } from './engine.ts';
import { imageVariables, prepare } from './prepare.ts';

export async function open(spec: ClusterSpec, cx: RuntimeContext): Promise<Cluster> {
  onlyOnLinux();
  await using undo = new AsyncDisposableStack();
  const leasing = readOccupied().then((listeners) => leaseSubnet(spec.runId, { listeners }));
  undo.defer(() =>
    leasing.then(
      (subnet) => releaseSubnet(spec.runId, subnet),
      () => undefined,
    ),
  );
  const [subnet, { images }] = await Promise.all([leasing, prepare(cx, spec.nodes)]);
  const handle = newHandle({ spec, cx, subnet, images: imageVariables(images) });
  const cluster = undo.use(clusterOf(handle, openEngine()));
  await cx.save(handle);
  await startAll(handle, cx.signal);
  undo.move();
  return cluster;
}

export function adopt(handle: ClusterHandle): Cluster {
  onlyOnLinux();
  return clusterOf(handle, openEngine());
}

export async function versions(
  cx: Pick<RuntimeContext, 'onProgress' | 'signal'>,
  nodes: readonly Pick<NodeSpec, 'program'>[],
): Promise<Readonly<Record<string, string>>> {
  const { engine, compose, images } = await prepare(cx, nodes);
  cx.onProgress(`images: ${images.map(({ reference, source }) => `${reference} (${sources[source]})`).join(', ')}`);
  const ofImages = images.map(({ name, reference, id }) => [`image ${name}`, described(reference, id)] as const);
  return { docker: engine, compose, ...Object.fromEntries(ofImages) };
}

const sources: Readonly<Record<ChosenImage['source'], string>> = {
  environment: 'from the environment',
  local: 'built here',
  public: 'public',
};

function described(reference: string, id: string | undefined): string {
  return id === undefined ? reference : `${reference} ${id.replace('sha256:', '').slice(0, 12)}`;
}

function onlyOnLinux(): void {
  if (process.platform === 'linux') return;
  throw new DrillError('PLAN_REFUSED', `the docker runtime needs Linux, and this is ${process.platform}`, {
    hint: 'Links are proved from outside, in the networks of the engine, which elsewhere are in a virtual machine.',
  });
}
