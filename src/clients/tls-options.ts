// How a node is entered by TLS, for whichever library.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { TlsFiles } from '../core/access.ts';
import { DrillError } from '../core/error.ts';

/**
 * For `tls.connect`, with the files as they are now. The certificate has to be made out to `announced`, the host that the
 * node calls itself, or to `reached`, the one by which it is reached from here. Throws USAGE for a file that cannot be read.
 */
export function tlsOptions(files: TlsFiles, announced: string, reached = announced): ConnectionOptions {
  const { ca, cert, key } = files;
  return {
    ...(ca === undefined ? {} : { ca: readPem(ca) }),
    ...(cert === undefined ? {} : { cert: readPem(cert) }),
    ...(key === undefined ? {} : { key: readPem(key) }),
    ...tlsIdentity(files, announced, reached),
  };
}

/** Only whom the certificate has to be made out to: `serverName`, or else `announced` or `reached`. */
export function tlsIdentity(
  { serverName }: TlsFiles,
  announced: string,
  reached = announced,
): Pick<ConnectionOptions, 'servername' | 'checkServerIdentity'> {
  const names = serverName === undefined ? [announced, reached] : [serverName];
  return {
    // An address is no server's name (RFC 6066), and is looked for in the certificate all the same.
    servername: names.find((name) => isIP(name) === 0),
    checkServerIdentity: (_host, certificate) => {
      const errors = names.map((name) => checkServerIdentity(name, certificate));
      return errors.includes(undefined) ? undefined : errors[0];
    },
  };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'cannot be read';
    throw new DrillError('USAGE', `a file of TLS cannot be read: ${why}`, { at: file });
  }
}
