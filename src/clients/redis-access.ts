// With which rights a Redis node or a Sentinel is entered: an `Access` made into what a connection is opened with. A
// password is read when a connection is opened, and forgotten as soon as the server has it.
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { type Access, readSecret } from '../core/access.ts';
import { DrillError } from '../core/error.ts';
import type { Address, AddressBook, AddressRow } from '../core/node.ts';
import { tlsOptions } from './tls-options.ts';

/** A node as a connection has to know it: a row of an address book is one. */
export interface Entrance {
  readonly address: Address;
  /** What it calls itself, where that is known. */
  readonly announced?: Address | undefined;
  readonly access?: Access | undefined;
}

/** Who is let in. Without a user it is the server's `default`. */
export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Reads the secret; undefined = nobody is asked who he is. Throws USAGE where the secret is not there. */
export function credentialsOf(access: Access | undefined): Credentials | undefined {
  if (access === undefined || (access.user === undefined && access.password === undefined)) return undefined;
  return { user: access.user, password: access.password === undefined ? undefined : readSecret(access.password) };
}

/** For node:tls, with the files read; undefined = in the clear. Throws USAGE where a file cannot be used. */
export function tlsOf({ address, announced, access }: Entrance): ConnectionOptions | undefined {
  const files = access?.tls;
  if (files === undefined) return undefined;
  const { ca, cert, key, ...identity } = tlsOptions(files, announced?.host ?? address.host, address.host);
  try {
    return { ...identity, secureContext: createSecureContext({ ca, cert, key }) };
  } catch (error) {
    const names = [files.ca, files.cert, files.key].filter((name) => name !== undefined).join(', ');
    throw new DrillError('USAGE', `${names} cannot be used for TLS: ${(error as Error).message}`, {
      hint: 'PEM files are needed, and a key has to belong to its certificate',
    });
  }
}

/** Throws USAGE, with its place, where a secret or a file that these need is not there: before anybody waits for an answer. */
export function assertEnterable(entrances: readonly Entrance[]): void {
  for (const entrance of entrances) {
    credentialsOf(entrance.access);
    tlsOf(entrance);
  }
}

/** How to enter the Redis node that announces itself as `announced`. One that the book does not have is entered as its peers are. */
export function entranceTo(book: AddressBook, service: string, announced: Address): Entrance {
  const redis = book.rows.filter((row) => row.service === service && row.role === 'redis');
  const same = (row: AddressRow): boolean =>
    row.announced.host === announced.host && row.announced.port === announced.port;
  return redis.find(same) ?? { address: announced, access: redis[0]?.access };
}

/**
 * An error of the handshake without the secret: ioredis hangs the command's arguments on it, and a server that does not
 * know AUTH says them back.
 */
export function withoutSecret(error: unknown, ...credentials: readonly (Credentials | undefined)[]): unknown {
  if (!(error instanceof Error)) return error;
  if ('command' in error) delete error.command;
  for (const { password = '' } of credentials.filter((each) => each !== undefined)) {
    if (password === '' || !error.message.includes(password)) continue;
    error.stack = error.stack?.replaceAll(password, '…') ?? '';
    error.message = error.message.replaceAll(password, '…');
  }
  return error;
}
