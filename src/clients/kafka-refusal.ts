// Why there is no connection, in words that say what to do: the library says "failed", and keeps why in a chain of causes.
// No secret is in that chain: it holds names and codes, certificates, and what the broker said.
import { DrillError } from '../core/error.ts';
import type { KafkaWay } from './kafka-access.ts';
import { chainOf } from './kafka-outcome.ts';

const CERTIFICATE = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_)/;

/** Of what the library threw: PLAN_REFUSED or USAGE where another try changes nothing, else an error that says why. */
export function notConnected(error: unknown, way: KafkaWay): Error {
  const chain = chainOf(error);
  const ours = chain.find((each) => each instanceof DrillError);
  if (ours !== undefined) return ours;
  const refused = chain.map((each) => refusalIn(each, way)).find((each) => each !== undefined);
  if (refused !== undefined) return refused;
  const { host, port } = way.address;
  const said = messageOf(chain.at(-1));
  const why = said === 'Connection closed' ? 'it was closed before we were let in (does Kafka speak TLS there?)' : said;
  return new Error(`no connection to ${host}:${port}: ${why}`, { cause: error });
}

function refusalIn(link: object, { access, address }: KafkaWay): DrillError | undefined {
  const at = `${address.host}:${address.port}`;
  const { code, apiId, serverErrorMessage } = link as Record<string, unknown>;
  if (typeof code === 'string' && CERTIFICATE.test(code)) {
    return new DrillError('PLAN_REFUSED', `the certificate is not accepted: ${messageOf(link)}`, {
      at,
      hint: 'Look at tls in the access of the target file: ca, and serverName.',
    });
  }
  if (typeof apiId !== 'string' || !apiId.includes('SASL')) return undefined;
  const said = typeof serverErrorMessage === 'string' ? serverErrorMessage : messageOf(link);
  return new DrillError('PLAN_REFUSED', `Kafka does not let "${access?.user}" in by ${access?.sasl}: ${said}`, {
    at,
    hint: 'Look at the access of the target file, and at this user in Kafka.',
  });
}

/** A question that went out in plain text to who wanted TLS; undefined = it is something else. */
export function wantsTls(error: unknown): DrillError | undefined {
  if (messageOf(error) !== 'Broker requires TLS.') return undefined;
  return new DrillError('PLAN_REFUSED', 'Kafka speaks TLS here, and we do not', {
    hint: 'Say tls in the access of the target file.',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
