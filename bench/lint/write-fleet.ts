import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnvironment } from '@gatefleet/environment';
import { applyChanges, changesOf, planEnvironment, readBase, readFacts } from '@gatefleet/overlay';

const workloads = [
  'replicas: 3',
  'workload: DaemonSet',
  'autoscaling: { min: 3, max: 9 }',
  'replicas: 5\n    resources: { requests: { cpu: 500m, memory: 256Mi } }',
];

/** A repository with this many environments, none like the one before it, generated over our base. */
export async function writeFleet(root: string, repository: string, environments: number): Promise<readonly string[]> {
  await mkdir(root, { recursive: true });
  await cp(join(repository, 'base'), join(root, 'base'), { recursive: true });
  const base = await readBase(join(root, 'base'));
  const names = Array.from({ length: environments }, (_, index) => `e${String(index).padStart(3, '0')}`);
  for (const [index, name] of names.entries()) {
    const file = `overlays/${name}/environment.yaml`;
    const text = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata:
  name: ${name}
spec:
  cluster:
    name: cluster-${name}
  domains: [${name}.example.com]
  gateway:
    ${workloads[index % workloads.length] ?? ''}
  store:
    servers: ${index % 3 === 0 ? 5 : 3}
    storageClass: class-${index % 7}
    size: ${1 + (index % 5)}Gi
  certificates:
    email: platform@example.com
`;
    const parsed = parseEnvironment(text, file);
    if (parsed.kind === 'invalid') throw new Error(parsed.errors.map(({ message }) => message).join('; '));
    await mkdir(join(root, 'overlays', name), { recursive: true });
    await writeFile(join(root, file), text);
    const plan = planEnvironment(parsed.environment, base, await readFacts(root, parsed.environment));
    await applyChanges(await changesOf(plan, root), root);
  }
  return names;
}
