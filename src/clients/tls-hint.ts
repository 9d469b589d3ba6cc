// What a handshake that failed says of the target file: which of its keys is missing, or is wrong.
import type { Access } from '../core/access.ts';

const CUT_OFF = /ECONNRESET|EPIPE|connection is closed|connection closed|closed by|protocol error/i;
const UNKNOWN_AUTHORITY = /self-signed certificate|unable to (verify|get)/i;
const NO_TLS = /wrong version number|packet length too long/i;
const NO_CERTIFICATE = /certificate required|peer did not return a certificate/i;

/** What to do about it; undefined = TLS is not what it is about. `role`: under which key of `access` the rights stand. */
export function tlsHint(said: string, access: Access | undefined, role: string): string | undefined {
  const key = `access.${role}.tls`;
  const tls = access?.tls;
  if (tls === undefined) return CUT_OFF.test(said) ? `Does it want TLS? (${key} in the target file)` : undefined;
  if (UNKNOWN_AUTHORITY.test(said)) {
    return tls.ca === undefined
      ? `Its certificate is from no authority that Node trusts: ${key}.ca names the file of the right one.`
      : `Its certificate is not from the authority in ${tls.ca}: ${key}.ca has to name the file of the right one.`;
  }
  if (NO_TLS.test(said)) return `Does it speak TLS there? ${key} says so.`;
  return NO_CERTIFICATE.test(said)
    ? `It wants a certificate of ours: ${key}.cert and ${key}.key name its files.`
    : undefined;
}
