import { formatObjectId } from '@gatefleet/kustomize';
import { schemaViolations } from '../../input/schema-violations.ts';
import type { BuildRule } from '../../rule.ts';

const kinds = new Set(['unknown-field', 'wrong-type', 'missing-field', 'bad-value']);

export const schemaValid: BuildRule = {
  id: 'schema-valid',
  group: 'schema',
  scope: 'build',
  severity: 'error',
  summary:
    'An object that does not fit the schema of its kind: a field that is not known, is missing, or has another type.',
  why: 'The API server refuses it; or, asked to be lenient, drops the field without a word.',
  remedy:
    'Correct the field. Schemas are those of the pinned Kubernetes, and of the CustomResourceDefinitions in the repository.',
  *check(input) {
    for (const { object, violation } of schemaViolations(input)) {
      if (!kinds.has(violation.kind)) continue;
      yield {
        message: `${formatObjectId(object.id)}: ${violation.message}`,
        position: object.positionOf(violation.path, { atKey: violation.atKey }),
        remedy: violation.remedy,
        object: object.id,
      };
    }
  },
};
