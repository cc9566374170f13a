import { mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

export const statefulSetServiceExists: BuildRule = {
  id: 'stateful-set-service-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A StatefulSet whose Service is not there, or is not headless.',
  why: 'Its Pods have no names in DNS, so they do not find each other.',
  remedy: 'Add a Service with clusterIP: None of that name.',
  *check({ objects }) {
    for (const statefulSet of objects.ofKind('StatefulSet')) {
      const { id, object } = statefulSet;
      const { serviceName: name } = mappingOf(object['spec']);
      if (typeof name !== 'string' || name === '') continue;
      const service = objects.get('Service', id.namespace, name);
      if (service !== undefined && mappingOf(service.object['spec'])['clusterIP'] === 'None') continue;
      yield {
        message: `StatefulSet ${id.name} has the Service ${name}, which ${service === undefined ? 'is not there' : 'is not headless'}`,
        position: statefulSet.positionOf(['spec', 'serviceName']),
        remedy:
          service === undefined
            ? `Add a Service ${name} with clusterIP: None.`
            : `Set clusterIP: None on the Service ${name}.`,
        object: id,
      };
    }
  },
};
