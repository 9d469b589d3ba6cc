// What a handshake that failed says of the target file: which of its keys is missing, or is wrong.
import type { Access } from '../core/access.ts';

const CUT_OFF = /ECONNRESET|EPIPE|connection is closed|connection closed|was closed|closed by|protocol error/i;
const UNKNOWN_AUTHORITY = /self-signed certificate|unable to (verify|get)/i;
const OTHER_NAME = /certificate's altnames|not in the cert's/i;
const NO_TLS = /wrong version number|packet length too long|where we began to speak TLS|before secure TLS connection/i;
const NO_CERTIFICATE = /peer did not return a certificate/i;
const ALERT = /alert:? ((?:bad|unsupported) certificate|certificate (?:required|unknown|expired|revoked)|unknown ca)/i;

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
  if (OTHER_NAME.test(said))
    return `Its certificate is made out to another name: ${key}.serverName says which one it has to be.`;
  if (NO_TLS.test(said)) return `Does it speak TLS there? ${key} says so.`;
  const files = `${key}.cert and ${key}.key name its files`;
  if (certificateAlert(said) === undefined && !NO_CERTIFICATE.test(said)) {
    // With TLS 1.3 we have begun to speak before it refuses us: the alert may be lost with the connection.
    return CUT_OFF.test(said) && tls.cert === undefined ? `Does it want a certificate of ours? ${files}.` : undefined;
  }
  return tls.cert === undefined
    ? `It wants a certificate of ours: ${files}.`
    : `It does not trust who issued ${tls.cert}, or it has expired: ${files}.`;
}

/** With what a server refuses our certificate, or that there is none: `bad certificate`; undefined = it did not. */
export function certificateAlert(said: string): string | undefined {
  return ALERT.exec(said)?.[1];
}

/** One line of plain words, where a library tells of OpenSSL's source and of options of Node. */
export function tlsWords(said: string): string {
  const alert = certificateAlert(said);
  if (alert !== undefined) return `TLS alert: ${alert}`;
  const reason = /SSL routines:[^:]*:([^:]+):/.exec(said)?.[1];
  if (reason !== undefined) return `TLS: ${reason}`;
  return said
    .replace(/; if the root CA is installed locally.*/s, '')
    .replace(/^Client network socket disconnected before.*/s, 'it ended the connection where we began to speak TLS');
}
