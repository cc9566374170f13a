import type { Problem } from '@gatefleet/environment';
import { formatYaml, imagesIn, SourceFile, splitImage, type Path } from '@gatefleet/kustomize';
import type { Base } from './base.ts';

/** From the overlay's folder: the Component that says which versions an environment runs. */
export const versionFile = 'version/kustomization.yaml';

const remark = `# Which versions this environment runs. \`gatefleet generate\` makes this file when it is missing, and leaves it alone from then on; a
# promotion puts that of the environment which is promoted from in its place.
`;

/** The version Component of an environment that has none yet: what the base runs. */
export function initialVersion(base: Base): string {
  const images = imagesOf(base).map(([name, image]) => {
    const { tag, digest } = splitImage(image);
    return { name, ...(tag !== '' && { newTag: tag }), ...(digest !== '' && { digest }) };
  });
  const content = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', images };
  return remark + formatYaml(content);
}

/**
 * What is wrong with a version Component. It may hold images of the base and nothing else: then copying it from one
 * environment to another changes what runs, and no more.
 *
 * @param path - of the file, for the problems.
 */
export function versionProblems(path: string, text: string, base: Base): readonly Problem[] {
  const file = new SourceFile(path, text);
  if (file.error !== undefined) {
    const { message, position } = file.error;
    const remedy = 'Correct the YAML here.';
    return [{ ...position, path: '', message: `not valid YAML: ${message}`, found: undefined, remedy }];
  }
  const document = file.documents[0];
  const content = isMapping(document?.value) ? document.value : {};
  const problem = (at: Path, message: string, remedy: string, atKey = false): Problem => ({
    ...(document?.positionOf(at, { atKey }) ?? { file: path, line: 1, column: 1 }),
    path: at.join('.'),
    message,
    found: shown(at.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], content)),
    remedy,
  });
  const known = new Map(imagesOf(base));
  return [
    ...(content['kind'] === 'Component' ? [] : [problem([], 'the kind must be Component', 'Write kind: Component.')]),
    ...Object.keys(content)
      .filter((key) => !['apiVersion', 'kind', 'images'].includes(key))
      .map((key) =>
        problem([key], `${key} does not belong here: a promotion would carry it along`, 'Move it to custom/.', true),
      ),
    ...(Array.isArray(content['images']) ? (content['images'] as readonly unknown[]) : []).flatMap((entry, index) => {
      const name = isMapping(entry) ? entry['name'] : undefined;
      if (typeof name === 'string' && known.has(name)) return [];
      const message = 'the base runs no image of this name, so this entry changes nothing';
      const at = isMapping(entry) && 'name' in entry ? ['images', index, 'name'] : ['images', index];
      return [problem(at, message, `Write one of ${[...known.keys()].join(', ')}.`)];
    }),
  ];
}

/** Images of the base and its Components by name, sorted. */
function imagesOf(base: Base): readonly (readonly [string, string])[] {
  const images = [...base.objects, ...base.componentObjects].flatMap(({ object }) => imagesIn(object));
  return [...new Map(images.map(({ image }) => [splitImage(image).name, image]))].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string | undefined {
  return typeof value === 'string' ? JSON.stringify(value) : undefined;
}
