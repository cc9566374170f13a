import { listOf, mappingOf } from '../../mapping.ts';
import type { BuildInput } from '../../input/build-input.ts';
import type { BuildRule } from '../../rule.ts';

export const tokenIsNeeded: BuildRule = {
  id: 'token-is-needed',
  group: 'security',
  scope: 'build',
  severity: 'warning',
  summary: 'Pods that get a token for the API server although their ServiceAccount has no rights of its own.',
  why: 'Whoever gets into the container may ask the API server as that account, and sees what every account sees.',
  remedy: 'Set automountServiceAccountToken: false.',
  *check(input) {
    const bound = boundAccounts(input);
    for (const { object, title, podSpec, podSpecPath, namespace } of input.objects.workloads()) {
      const account = typeof podSpec['serviceAccountName'] === 'string' ? podSpec['serviceAccountName'] : 'default';
      const own =
        podSpec['automountServiceAccountToken'] ??
        input.objects.get('ServiceAccount', namespace, account)?.object['automountServiceAccountToken'];
      if (own === false || bound.has(`${namespace ?? ''}/${account}`)) continue;
      yield {
        message: `${title} gets a token of the ServiceAccount ${account}, which has no rights`,
        position: object.positionOf(podSpecPath, { atKey: true }),
        remedy: 'Set automountServiceAccountToken: false in the Pod template or on the ServiceAccount.',
        object: object.id,
      };
    }
  },
};

function boundAccounts({ objects }: BuildInput): ReadonlySet<string> {
  const bindings = [...objects.ofKind('RoleBinding'), ...objects.ofKind('ClusterRoleBinding')];
  return new Set(
    bindings.flatMap(({ id, object }) =>
      listOf(object['subjects']).flatMap((subject) => {
        const { kind, name, namespace = id.namespace ?? '' } = mappingOf(subject);
        return kind === 'ServiceAccount' ? [`${String(namespace)}/${String(name)}`] : [];
      }),
    ),
  );
}
