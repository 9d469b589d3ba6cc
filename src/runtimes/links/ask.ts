import { connect } from 'node:net';
import type { Address } from '../../core/node.ts';

const PING = Buffer.from('PING\r\n');
/** ApiVersions, version 0, of nobody: 10 bytes follow, API 18, version 0, request 1, no client.id. */
const API_VERSIONS = Buffer.from('0000000a' + '0012' + '0000' + '00000001' + 'ffff', 'hex');

/** Role of a node → bytes that make it answer at once and change nothing. Redis and Sentinel both know PING inline. */
const questions: Readonly<Record<string, Uint8Array>> = { broker: API_VERSIONS, controller: API_VERSIONS };

/** True when anything came back within `withinMs`, connecting included. Never rejects. */
export function isAnswered(address: Address, role: string, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, noDelay: true });
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => settle(false), withinMs);
    socket.once('connect', () => socket.write(questions[role] ?? PING));
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
