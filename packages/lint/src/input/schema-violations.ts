import type { SchemaViolation } from '@gatefleet/kubernetes-schema';
import type { BuildInput, BuiltObject } from './build-input.ts';

/** Equal objects of different environments are checked once. */
const known = new WeakMap<object, WeakMap<object, readonly SchemaViolation[]>>();

/** What the schemas have against each object of a build. */
export function schemaViolations({
  objects,
  schemas,
}: BuildInput): readonly { readonly object: BuiltObject; readonly violation: SchemaViolation }[] {
  const ofSchemas = known.get(schemas) ?? new WeakMap<object, readonly SchemaViolation[]>();
  known.set(schemas, ofSchemas);
  return objects.all.flatMap((object) => {
    const violations = ofSchemas.get(object.object) ?? schemas.check(object.object);
    ofSchemas.set(object.object, violations);
    return violations.map((violation) => ({ object, violation }));
  });
}
