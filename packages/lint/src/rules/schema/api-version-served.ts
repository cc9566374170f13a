import { formatObjectId } from '@gatefleet/kustomize';
import { schemaViolations } from '../../input/schema-violations.ts';
import type { BuildRule } from '../../rule.ts';

export const apiVersionServed: BuildRule = {
  id: 'api-version-served',
  group: 'schema',
  scope: 'build',
  severity: 'error',
  summary: 'An object of an API version that the pinned Kubernetes no longer serves, or will not in a later release.',
  why: 'The API server does not know it: the sync fails, now or after the next upgrade of the cluster. A version that is only deprecated is a warning.',
  remedy: 'Use the version that takes its place.',
  *check(input) {
    for (const { object, violation } of schemaViolations(input)) {
      if (violation.kind !== 'removed-version' && violation.kind !== 'deprecated-version') continue;
      yield {
        message: `${formatObjectId(object.id)}: ${violation.message}`,
        position: object.positionOf(['apiVersion']),
        remedy: violation.remedy,
        object: object.id,
        ...(violation.kind === 'deprecated-version' && { severity: 'warning' as const }),
      };
    }
  },
};
