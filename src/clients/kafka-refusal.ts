// Why there is no connection, in words that say what to do: the library says "failed", and keeps why in a chain of causes.
// No secret is in that chain: it holds names and codes, certificates, and what the broker said.
import { DrillError } from '../core/error.ts';
import type { KafkaWay } from './kafka-access.ts';
import { chainOf } from './kafka-outcome.ts';
import { certificateAlert, tlsHint, tlsWords } from './tls-hint.ts';

const CERTIFICATE = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/;

/** Of what the library threw: PLAN_REFUSED or USAGE where another try changes nothing, else an error that says why. */
export function notConnected(error: unknown, way: KafkaWay): Error {
  const refusal = refusalOf(error, way);
  if (refusal !== undefined) return refusal;
  const { host, port } = way.address;
  const said = messageOf(chainOf(error).at(-1));
  const why = said === 'Connection closed' ? 'it was closed before we were let in' : tlsWords(said);
  return new Error(`no connection to ${host}:${port}: ${why}`, { cause: error });
}

/** Undefined = another try may go better. */
export function refusalOf(error: unknown, way: KafkaWay): DrillError | undefined {
  const chain = chainOf(error);
  const ours = chain.find((each) => each instanceof DrillError);
  return ours ?? chain.map((each) => refusalIn(each, way)).find((each) => each !== undefined);
}

function refusalIn(link: object, { access, address }: KafkaWay): DrillError | undefined {
  const { code, apiId, serverErrorMessage } = link as Record<string, unknown>;
  const said = messageOf(link);
  const refuse = (message: string, hint: string | undefined): DrillError =>
    new DrillError('PLAN_REFUSED', message, { at: `${address.host}:${address.port}`, hint });
  if (said === SPOKE_TLS) return refuse('Kafka speaks TLS here, and we do not', `Say ${TLS_KEY} in the target file.`);
  const alert = certificateAlert(said);
  if (alert !== undefined) {
    const what = access?.tls?.cert === undefined ? 'wants a certificate of ours' : 'does not accept our certificate';
    return refuse(`Kafka ${what} (TLS alert: ${alert})`, tlsHint(said, access, ROLE));
  }
  if (typeof code === 'string' && CERTIFICATE.test(code)) {
    const hint = tlsHint(said, access, ROLE) ?? `Look at ${TLS_KEY} in the target file.`;
    return refuse(`its certificate is not accepted: ${tlsWords(said)}`, hint);
  }
  if (typeof apiId !== 'string' || !apiId.includes('SASL')) return undefined;
  const why = typeof serverErrorMessage === 'string' ? serverErrorMessage : said;
  return refuse(
    `Kafka does not let "${access?.user}" in by ${access?.sasl}: ${why}`,
    'Look at the access of the target file, and at this user in Kafka.',
  );
}

const ROLE = 'broker';
const TLS_KEY = `access.${ROLE}.tls`;
/** As the library calls it that an answer is a record of TLS. */
export const SPOKE_TLS = 'Broker requires TLS.';

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
