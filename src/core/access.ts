// With which rights a node is entered. Plain data that goes into handles, journals and workers: it says where secrets are,
// and never what they are.
import { readFileSync } from 'node:fs';
import { DrillError } from './error.ts';

/** Where a secret is: read at the moment at which a connection needs it, by the process that needs it. */
export type SecretRef = { readonly env: string } | { readonly file: string };

/** Paths of PEM files. Without `ca` the authorities that Node trusts are trusted. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that certificates have to be made out to, where it is not the host that the node announces. */
  readonly serverName?: string;
}

export interface Access {
  readonly tls?: TlsFiles;
  /** Who is let in: a Redis ACL user, a SASL user. */
  readonly user?: string;
  readonly password?: SecretRef;
  /** How Kafka is told; undefined = nobody is asked who he is. */
  readonly sasl?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
}

/** The secret, without a newline at its end. Throws USAGE when it is not there; what it says names the place only. */
export function readSecret(ref: SecretRef, env: NodeJS.ProcessEnv = process.env): string {
  if ('env' in ref) {
    const value = env[ref.env];
    if (value !== undefined && value !== '') return value;
    throw new DrillError('USAGE', `the environment variable ${ref.env} is not set, and a password is to be in it`, {
      hint: `export ${ref.env}=… in the shell that starts firedrill`,
    });
  }
  try {
    return readFileSync(ref.file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'cannot be read';
    throw new DrillError('USAGE', `the password cannot be read from ${ref.file}: ${why}`, { at: ref.file });
  }
}
