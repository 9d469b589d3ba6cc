import { createHash } from 'node:crypto';

/**
 * What a node's storage has of its own (`NodeSpec.program.seed`): the cluster's id, its number, and the directory's id.
 * Pure: a node that is started again from the same spec is the same node.
 */
export function storageSeed(service: string, nodeId: number): Readonly<Record<string, string>> {
  return {
    'cluster.id': uuid(service),
    'node.id': String(nodeId),
    'directory.id': uuid(`${service}/${nodeId}`),
  };
}

/** As Kafka writes its ids: 16 bytes in base64, and never a dash in front. */
function uuid(text: string): string {
  return createHash('sha256')
    .update(`firedrill ${text}`)
    .digest()
    .subarray(0, 16)
    .toString('base64url')
    .replace(/^-/, 'A');
}
