import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Environment, Problem } from '@gatefleet/environment';
import { existsIn, kustomizationFileNames, parseKustomization, SourceFile } from '@gatefleet/kustomize';

/**
 * Extra Components that an environment names and that cannot be used. Kustomize would say so too, but only when it renders.
 *
 * @param text - of the environment's file, for the place of each.
 */
export async function readComponentProblems(
  root: string,
  { metadata, spec }: Environment,
  text: string,
): Promise<readonly Problem[]> {
  const overlay = `overlays/${metadata.name}`;
  const [document] = new SourceFile(`${overlay}/environment.yaml`, text).documents;
  const found = await Promise.all(
    spec.components.map(async (written, index): Promise<readonly Problem[]> => {
      const fault = await faultOf(root, posix.join(overlay, written));
      if (fault === undefined || document === undefined) return [];
      const at = ['spec', 'components', index];
      return [
        { ...document.positionOf(at), path: `spec.components[${index}]`, found: JSON.stringify(written), ...fault },
      ];
    }),
  );
  return found.flat();
}

async function faultOf(root: string, folder: string): Promise<Pick<Problem, 'message' | 'remedy'> | undefined> {
  const exists = existsIn(root);
  if (folder.startsWith('../')) {
    return { message: 'the Component is outside of the repository', remedy: 'Bring it into the repository.' };
  }
  if (posix.dirname(folder) === 'base/components') {
    const message = `${folder} is switched on by other fields`;
    return { message, remedy: 'Remove it, and set the field that switches it on: base/README.md lists them.' };
  }
  const file = kustomizationFileNames.map((name) => posix.join(folder, name)).find((path) => exists(path) === 'file');
  if (file === undefined) {
    return {
      message: `there is no Component in ${folder}`,
      remedy: 'Correct the path; it begins at the environment’s own folder.',
    };
  }
  const parsed = parseKustomization(file, await readFile(join(root, file), 'utf8'), exists);
  if (parsed.kind === 'parsed' && parsed.kustomization.kind === 'Component') return undefined;
  return { message: `${file} is not a Component`, remedy: 'Write kind: Component there, or name another folder.' };
}
