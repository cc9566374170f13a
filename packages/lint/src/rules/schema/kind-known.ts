import { formatObjectId } from '@gatefleet/kustomize';
import { schemaViolations } from '../../input/schema-violations.ts';
import type { BuildRule } from '../../rule.ts';

export const kindKnown: BuildRule = {
  id: 'kind-known',
  group: 'schema',
  scope: 'build',
  severity: 'warning',
  summary: 'An object of a kind that neither Kubernetes nor a CustomResourceDefinition in the repository has.',
  why: 'Nothing about it can be checked; where the name is a mistake, the sync fails.',
  remedy: 'Correct the kind, or add its CustomResourceDefinition to the repository.',
  *check(input) {
    for (const { object, violation } of schemaViolations(input)) {
      if (violation.kind !== 'unknown-kind') continue;
      yield {
        message: `${formatObjectId(object.id)}: ${violation.message}`,
        position: object.positionOf(['kind']),
        remedy: violation.remedy,
        object: object.id,
      };
    }
  },
};
