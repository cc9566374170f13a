import { formatObjectId } from '@gatefleet/kustomize';
import { mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

/** Roles of every cluster. @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings */
const builtIn = /^(system:.*|cluster-admin|admin|edit|view)$/;

export const roleExists: BuildRule = {
  id: 'role-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A binding of a Role or ClusterRole that is not deployed with it.',
  why: 'The binding gives no rights, and a binding’s role cannot be changed later.',
  remedy: 'Add the role, or correct its name.',
  *check({ objects }) {
    for (const binding of [...objects.ofKind('RoleBinding'), ...objects.ofKind('ClusterRoleBinding')]) {
      const { kind, name } = mappingOf(binding.object['roleRef']);
      if (typeof kind !== 'string' || typeof name !== 'string') continue;
      if (kind === 'ClusterRole' && builtIn.test(name)) continue;
      const namespace = kind === 'Role' ? binding.id.namespace : undefined;
      if (objects.get(kind, namespace, name) !== undefined) continue;
      yield {
        message: `${formatObjectId(binding.id)} binds the ${kind} ${name}, which is not there`,
        position: binding.positionOf(['roleRef', 'name']),
        remedy: `Add it, or name one that is there: ${objects.namesOf(kind, namespace).join(', ') || 'there is none'}.`,
        object: binding.id,
      };
    }
  },
};
