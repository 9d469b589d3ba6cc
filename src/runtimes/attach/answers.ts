// Whether a node of somebody's own cluster answers: the one proof from outside that there is on one way.
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { tlsOptions } from '../../clients/tls-options.ts';
import type { Access } from '../../core/access.ts';
import type { Address } from '../../core/node.ts';
import { isAnswered } from '../links/ask.ts';

export interface Asked {
  readonly role: string;
  readonly announced: Address;
  readonly address: Address;
  readonly access: Access | undefined;
}

/** Never rejects for a node that does not answer. Rights do not count: a node that wants to know who asks has answered. */
export async function answers({ role, announced, address, access }: Asked, withinMs: number): Promise<boolean> {
  return access?.tls === undefined
    ? isAnswered(address, role, withinMs)
    : shakesHands(address, tlsOptions(access.tls, announced.host, address.host), withinMs);
}

/** With TLS a hung process does not even say hello: that it does is its answer. */
function shakesHands(address: Address, options: object, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connectTls({ ...options, ...address });
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => settle(false), withinMs);
    socket.once('secureConnect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
