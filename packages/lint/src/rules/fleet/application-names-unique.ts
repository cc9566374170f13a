import { applicationsOf } from '../../input/deployment.ts';
import type { FleetRule } from '../../rule.ts';

export const applicationNamesUnique: FleetRule = {
  id: 'application-names-unique',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'Two Argo CD Applications of one name.',
  why: 'In one Argo CD the second replaces the first, and prunes what it had deployed.',
  remedy: 'Give each a name of its own.',
  *check(fleet) {
    const first = new Map<string, string>();
    for (const { name, object, build } of applicationsOf(fleet)) {
      const key = `${object.id.namespace ?? ''}/${name}`;
      const other = first.get(key);
      if (other === undefined) {
        first.set(key, build.build.folder);
        continue;
      }
      yield {
        message: `the Application ${name} is in ${other} too`,
        position: object.positionOf(['metadata', 'name']),
        remedy: 'Give it a name of its own.',
        object: object.id,
        environments: [build.name],
      };
    }
  },
};
