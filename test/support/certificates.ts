// An authority of a test's own, and what it certifies: made by openssl where the test runs, and gone with its directory.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** Its own certificate, as PEM files go: what clients have to trust. */
  readonly ca: string;
  /** `alternatives`: `IP:127.0.0.1`, `DNS:broker-1.internal`. */
  issue(name: string, alternatives: readonly string[]): Promise<Certificate>;
}

/** Files of it are in `dir`. Keys are PKCS #8, as Java reads them. */
export async function createAuthority(dir: string, name = 'ca'): Promise<Authority> {
  const file = (end: string): string => join(dir, `${name}${end}`);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const self = ['-days', '2', '-subj', `/CN=${name}`, '-keyout', file('.key'), '-out', file('.pem')];
  await openssl('req', '-x509', ...newKey, ...self);
  let serial = 1;
  return {
    ca: file('.pem'),
    issue: async (subject, alternatives) => {
      const own = (end: string): string => join(dir, `${subject}${end}`);
      await openssl('req', ...newKey, '-subj', `/CN=${subject}`, '-keyout', own('.key'), '-out', own('.csr'));
      await writeFile(own('.ext'), `subjectAltName=${alternatives.join()}\n`);
      const by = ['-CA', file('.pem'), '-CAkey', file('.key'), '-set_serial', String(++serial)];
      const issued = ['-days', '2', '-extfile', own('.ext'), '-in', own('.csr'), '-out', own('.pem')];
      await openssl('x509', '-req', ...by, ...issued);
      return { cert: own('.pem'), key: own('.key') };
    },
  };
}

/** Key and certificate in one file, as Kafka's PEM stores have it. */
export async function writePemStore(path: string, { cert, key }: Certificate): Promise<void> {
  await writeFile(path, `${await readFile(key, 'utf8')}${await readFile(cert, 'utf8')}`, { mode: 0o600 });
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run('openssl', args).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('the certificates of the tests are made by openssl, which is not on PATH: install it', {
      cause: error,
    });
  });
}
