import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnvironment } from '@gatefleet/environment';
import { render } from '@gatefleet/kustomize';
import { applyChanges, changesOf, planEnvironment, readBase } from '@gatefleet/overlay';
import { ensureTools } from '@gatefleet/toolchain';
import type { KubernetesObject } from '@kubernetes/client-node';

const repository = join(import.meta.dirname, '../../..');
const kinds = ['IngressClass', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];

/** What an environment puts before Ingresses, as Argo CD would apply it. @param spec - lines of environment.yaml */
export async function admissionOf(spec: readonly string[]): Promise<readonly KubernetesObject[]> {
  const { kustomize } = await ensureTools(['kustomize']);
  const root = await mkdtemp(join(tmpdir(), 'gatefleet-admission-'));
  try {
    await cp(join(repository, 'base'), join(root, 'base'), { recursive: true });
    const head = 'apiVersion: gatefleet.dev/v1alpha1\nkind: Environment\nmetadata: { name: qa }\nspec:\n';
    const text = `${head}  cluster: { name: in-cluster }\n${spec.map((line) => `  ${line}\n`).join('')}`;
    const parsed = parseEnvironment(text, 'overlays/qa/environment.yaml');
    if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.errors));
    await mkdir(join(root, 'overlays/qa'), { recursive: true });
    const facts = { hasCustom: false, dependencies: [] };
    const plan = planEnvironment(parsed.environment, await readBase(join(root, 'base')), facts);
    await applyChanges(await changesOf(plan, root), root);
    const { objects } = await render(join(root, 'overlays/qa'), { kustomize: kustomize.path });
    return objects.filter(({ kind }) => kinds.includes(String(kind)));
  } finally {
    await rm(root, { recursive: true });
  }
}
