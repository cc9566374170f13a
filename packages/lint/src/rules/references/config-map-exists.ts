import { mappingOf } from '../../mapping.ts';
import { podReferences } from '../../input/pod-references.ts';
import type { BuildRule } from '../../rule.ts';

/** Kubernetes puts it into every namespace. */
const everywhere = new Set(['kube-root-ca.crt']);

export const configMapExists: BuildRule = {
  id: 'config-map-exists',
  group: 'references',
  scope: 'build',
  severity: 'error',
  summary: 'A Pod that needs a ConfigMap, or a key of one, that is not deployed with it.',
  why: 'The Pod does not start: it waits for the ConfigMap for ever.',
  remedy: 'Add the ConfigMap or the key, correct the name, or mark the reference optional.',
  *check({ objects }) {
    for (const workload of objects.workloads()) {
      for (const { kind, name, keys, path } of podReferences(workload)) {
        if (kind !== 'ConfigMap' || everywhere.has(name)) continue;
        const found = objects.get('ConfigMap', workload.namespace, name);
        const position = workload.object.positionOf(path);
        const object = workload.object.id;
        if (found === undefined) {
          const there = objects.namesOf('ConfigMap', workload.namespace).join(', ');
          const message = `${workload.title} needs the ConfigMap ${name}, which is not there`;
          const remedy = `Add it${there === '' ? '' : `, name one that is there (${there})`}, or mark the reference optional.`;
          yield { message, position, remedy, object };
          continue;
        }
        const has = [
          ...Object.keys(mappingOf(found.object['data'])),
          ...Object.keys(mappingOf(found.object['binaryData'])),
        ];
        for (const key of keys.filter((each) => !has.includes(each))) {
          yield {
            message: `${workload.title} needs the key ${key} of the ConfigMap ${name}, which it does not have`,
            position,
            remedy: `Use a key that it has: ${has.join(', ') || 'it is empty'}.`,
            object,
          };
        }
      }
    }
  },
};
