import { formatObjectId } from '@gatefleet/kustomize';
import { listOf, mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

export const serviceAccountExists: BuildRule = {
  id: 'service-account-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A workload or a binding that names a ServiceAccount which is not deployed with it.',
  why: 'Pods of a missing account are not created; a binding to one gives its rights to nobody, or to whoever takes the name later.',
  remedy: 'Add the ServiceAccount, or correct the name.',
  *check({ objects }) {
    const there = (namespace: string | undefined) => objects.namesOf('ServiceAccount', namespace).join(', ');
    for (const { podSpec, podSpecPath, object, namespace, title } of objects.workloads()) {
      const { serviceAccountName: name } = podSpec;
      if (
        typeof name !== 'string' ||
        name === 'default' ||
        objects.get('ServiceAccount', namespace, name) !== undefined
      )
        continue;
      yield {
        message: `${title} runs as the ServiceAccount ${name}, which is not there`,
        position: object.positionOf([...podSpecPath, 'serviceAccountName']),
        remedy: `Add it, or name one that is there: ${there(namespace) || 'there is none'}.`,
        object: object.id,
      };
    }
    // Accounts of other namespaces are not ours to know.
    const ours = new Set(objects.workloads().map(({ namespace }) => namespace));
    for (const binding of [...objects.ofKind('RoleBinding'), ...objects.ofKind('ClusterRoleBinding')]) {
      for (const [index, subject] of listOf(binding.object['subjects']).entries()) {
        const { kind, name, namespace = binding.id.namespace } = mappingOf(subject);
        if (kind !== 'ServiceAccount' || typeof name !== 'string' || name === 'default') continue;
        if (typeof namespace !== 'string' || !ours.has(namespace)) continue;
        if (objects.get('ServiceAccount', namespace, name) !== undefined) continue;
        yield {
          message: `${formatObjectId(binding.id)} gives rights to the ServiceAccount ${namespace}/${name}, which is not there`,
          position: binding.positionOf(['subjects', index, 'name']),
          remedy: `Add it, or name one that is there: ${there(namespace) || 'there is none'}.`,
          object: binding.id,
        };
      }
    }
  },
};
