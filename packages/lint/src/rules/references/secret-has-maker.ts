import { mappingOf } from '../../mapping.ts';
import type { ObjectIndex } from '../../input/build-input.ts';
import { podReferences } from '../../input/pod-references.ts';
import type { BuildRule } from '../../rule.ts';

/** On any object: names of the Secrets that it makes or that are made for it outside of git, separated by commas. */
const annotation = 'gatefleet.dev/makes-secrets';

export const secretHasMaker: BuildRule = {
  id: 'secret-has-maker',
  group: 'references',
  scope: 'build',
  severity: 'warning',
  summary: 'A Pod that needs a Secret of which nothing deployed with it says who makes it.',
  why: 'A Secret is not in git, so a wrong name is seen only when the Pod does not start.',
  remedy: `Correct the name, or say who makes it: by an ExternalSecret, a SealedSecret or a Certificate, or by the annotation ${annotation} on any object.`,
  *check({ objects }) {
    const made = makers(objects);
    for (const workload of objects.workloads()) {
      for (const { kind, name, path } of podReferences(workload)) {
        if (kind !== 'Secret' || made.has(`${workload.namespace ?? ''}/${name}`)) continue;
        yield {
          message: `${workload.title} needs the Secret ${name}, and nothing says who makes it`,
          position: workload.object.positionOf(path),
          remedy: `Correct the name, or write the annotation ${annotation}: ${name} on what makes it.`,
          object: workload.object.id,
        };
      }
    }
  },
};

function makers(objects: ObjectIndex): ReadonlySet<string> {
  const made = new Set<string>();
  for (const { id, object } of objects.all) {
    const add = (name: unknown) => {
      if (typeof name === 'string') made.add(`${id.namespace ?? ''}/${name.trim()}`);
    };
    const text = mappingOf(mappingOf(object['metadata'])['annotations'])[annotation];
    if (typeof text === 'string') text.split(',').forEach(add);
    const spec = mappingOf(object['spec']);
    if (id.kind === 'Secret' || id.kind === 'SealedSecret') add(id.name);
    else if (id.kind === 'ExternalSecret') add(mappingOf(spec['target'])['name'] ?? id.name);
    else if (id.kind === 'Certificate') add(spec['secretName']);
  }
  return made;
}
