import { formatObjectId } from '@gatefleet/kustomize';
import { listOf, mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

const lists = ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'] as const;
/** Verbs with which an account gives itself more. @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
const growing = new Set(['escalate', 'bind', 'impersonate']);

export const rightsAreNamed: BuildRule = {
  id: 'rights-are-named',
  group: 'security',
  scope: 'build',
  severity: 'error',
  summary: 'A role with a wildcard or with verbs that give more rights, or a binding of cluster-admin.',
  why: 'It holds for everything that the cluster has now and ever will have.',
  remedy: 'Name the resources and the verbs that are needed.',
  *check({ objects }) {
    for (const role of [...objects.ofKind('Role'), ...objects.ofKind('ClusterRole')]) {
      for (const [index, rule] of listOf(role.object['rules']).entries()) {
        for (const list of lists) {
          const values = listOf(mappingOf(rule)[list]);
          const at = values.findIndex((value) => value === '*' || (list === 'verbs' && growing.has(String(value))));
          if (at === -1) continue;
          const value = String(values[at]);
          yield {
            message: `${formatObjectId(role.id)} has ${list}: ${value}`,
            position: role.positionOf(['rules', index, list, at]),
            remedy:
              value === '*'
                ? `Name the ${list} that are needed.`
                : `Remove the verb ${value}: with it the account gives itself any right.`,
            object: role.id,
          };
        }
      }
    }
    for (const binding of [...objects.ofKind('RoleBinding'), ...objects.ofKind('ClusterRoleBinding')]) {
      if (mappingOf(binding.object['roleRef'])['name'] !== 'cluster-admin') continue;
      yield {
        message: `${formatObjectId(binding.id)} binds cluster-admin`,
        position: binding.positionOf(['roleRef', 'name']),
        remedy: 'Bind a role with the rights that are needed.',
        object: binding.id,
      };
    }
  },
};
