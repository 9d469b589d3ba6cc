import { createHash, X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';

/** Any will do: what is in a trust store is public. It is Java's own default. */
const password = 'changeit';

/** The certificates that this system trusts, as Java reads them (JKS): a package that is only unpacked has made none. */
export function createTrustStore(pems: readonly string[] = systemCertificates()): Buffer {
  const entries = pems.map((pem, at) => {
    const der = new X509Certificate(pem).raw;
    return Buffer.concat([int32(TRUSTED), utf(`ca-${at}`), Buffer.alloc(8), utf('X.509'), int32(der.length), der]);
  });
  const store = Buffer.concat([int32(MAGIC), int32(VERSION), int32(entries.length), ...entries]);
  const secret = Buffer.from(password, 'utf16le').swap16();
  const digest = createHash('sha1').update(secret).update('Mighty Aphrodite').update(store).digest();
  return Buffer.concat([store, digest]);
}

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED = 2;

function systemCertificates(): readonly string[] {
  const system = getCACertificates('system');
  return [...new Set(system.length > 0 ? system : getCACertificates('default'))];
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** As Java's writeUTF: the length in two bytes, and the text. */
function utf(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
