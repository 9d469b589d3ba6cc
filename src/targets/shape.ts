// The shape of a target file. What a service is called in it, and what has to be said of it, comes from the services.
import { z } from 'zod';
import { controlSchema } from '../core/control.ts';
import type { Registry, Service, TargetWords } from '../core/kinds.ts';
import type { Address } from '../core/node.ts';

const line = z.string().min(1);
const expectedAddress = 'expected host:port, such as 10.0.0.1:6379 or [::1]:6379';

/** `host:port` → an Address. */
export const addressSchema = z
  .string(expectedAddress)
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):\d{1,5}$/, expectedAddress)
  .transform((text): Address => {
    const cut = text.lastIndexOf(':');
    return { host: text.slice(0, cut).replace(/^\[|\]$/g, ''), port: Number(text.slice(cut + 1)) };
  })
  .refine(({ port }) => port > 0 && port < 65_536, 'expected a port from 1 to 65535');

const secret = z.union(
  [
    z.strictObject({ env: line.describe('the environment variable that holds it') }),
    z.strictObject({ file: line.describe('the file that holds it; relative to the target file') }),
  ],
  'a password never stands in this file: expected { env: NAME } or { file: path }',
);

const tls = z.union(
  [
    z.literal(true),
    z.strictObject({
      ca: line.optional().describe('PEM file of the authority; without it, those that Node trusts'),
      cert: line.optional().describe('PEM file of our own certificate'),
      key: line.optional().describe('PEM file of its key'),
      serverName: line.optional().describe('the name in the certificate, where it is not the host'),
    }),
  ],
  'expected true, or a map of ca, cert, key and serverName',
);

export const accessShape = z.strictObject({
  tls: tls.optional().describe('encrypted, with these files'),
  user: line.optional().describe('who is let in'),
  password: secret.optional(),
  sasl: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).optional().describe('how Kafka is told who it is'),
});

export const targetShape = z.strictObject({
  environment: line.describe('what it is for: staging, production, …'),
  services: z
    .record(z.string().regex(/^[A-Za-z0-9][\w-]{0,40}$/), z.unknown())
    .refine((services) => Object.keys(services).length > 0, 'a target without a service is none'),
  zones: z.record(z.string(), line).default({}).describe('announced address → failure domain'),
  ways: z.record(z.string(), addressSchema).default({}).describe('announced address → where it is reached from here'),
  params: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .default({})
    .describe('over the params of drills'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,30}$/, 'expected a prefix of letters, digits, dots, dashes and underscores')
    .default('firedrill-')
    .describe('of every topic and group that is made there'),
});

/** Of one service, with the words of its kind. */
export function serviceShape({ kind }: Service, { seeds, roles, terms }: TargetWords) {
  return z.strictObject({
    kind: z.literal(kind),
    [seeds]: z.array(addressSchema).min(1).describe('where to ask first'),
    ...Object.fromEntries(
      Object.entries(terms).map(([name, term]) => [
        name,
        z.string().min(1).default(term.default).describe(term.summary),
      ]),
    ),
    access: z
      .strictObject(Object.fromEntries(roles.map((role) => [role, accessShape.optional()])))
      .default({})
      .describe('with which rights nodes of each role are entered'),
    control: controlSchema.optional().describe('how its nodes can be stopped and started; without it, not at all'),
  });
}

/** Services that somebody's own cluster may have. */
export function attachable({
  services,
}: Registry): ReadonlyMap<string, Service & { readonly targetWords: TargetWords }> {
  return new Map(
    [...services].flatMap(([kind, service]) => {
      const { targetWords } = service;
      return service.discover === undefined || targetWords === undefined
        ? []
        : [[kind, { ...service, targetWords }] as const];
    }),
  );
}
