import { connect } from 'node:net';
import type { Address } from '../../core/node.ts';

/** Role of a node → bytes that make it answer at once and change nothing. Redis and Sentinel both know PING inline. */
const questions: Readonly<Record<string, Uint8Array>> = {};
const PING = Buffer.from('PING\r\n');

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
