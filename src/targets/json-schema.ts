// Target files as a JSON Schema (draft-07), for editors.
import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';
import type { Registry } from '../core/kinds.ts';
import { attachable, serviceShape, targetShape } from './shape.ts';

/** Of those that may name the services of this registry. */
export function renderTargetSchema(registry: Registry): string {
  const { properties, ...rest } = convert(targetShape) as JsonObject & { readonly properties: JsonObject };
  const kinds = [...attachable(registry).values()].map((service) =>
    convert(serviceShape(service, service.targetWords)),
  );
  const services = { ...(properties['services'] as JsonObject), additionalProperties: { anyOf: kinds } };
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A Firedrill target: a cluster of somebody’s own',
    ...rest,
    properties: { ...properties, services },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function convert(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  return rest as unknown as JsonObject;
}
