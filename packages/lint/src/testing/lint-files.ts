import { readRepository, trace, type Build, type BuiltObject, objectIdOf } from '@gatefleet/kustomize';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { Schemas } from '@gatefleet/kubernetes-schema';
import type { Finding, Reported } from '../finding.ts';
import { ObjectIndex, type BuildInput } from '../input/build-input.ts';
import { readEnvironments } from '../input/lint-environment.ts';
import { lint } from '../lint.ts';
import type { BuildRule, KustomizationRule, Rule } from '../rule.ts';

export type Files = Readonly<Record<string, string>>;

/** `error patch-target-matches overlay/kustomization.yaml:3:5 the patch of … hits nothing`, and the remedy after an arrow. */
export function printed({ severity, rule, position: { file, line, column }, message, remedy }: Finding): string {
  return `${severity} ${rule} ${file}:${line}:${column} ${message} → ${remedy}`;
}

/** Findings of a rule about kustomizations themselves; nothing is rendered. */
export async function checkKustomizations(rule: KustomizationRule, files: Files): Promise<readonly string[]> {
  await using written = await writeFiles(files);
  const repository = await readRepository(written.root);
  const traces = repository.leaves().map((leaf) => trace(repository, leaf));
  return [...repository.kustomizations.values()].flatMap((kustomization) => {
    const reaching = traces.filter(({ folder }) => repository.closureOf(folder).folders.includes(kustomization.folder));
    return [...rule.check({ repository, kustomization, traces: reaching })].map((reported) =>
      printed(asFinding(rule, reported)),
    );
  });
}

/**
 * Findings of a rule about rendered objects, given as they would be rendered: the documents of one YAML text. The place is printed as
 * the text that begins there, to the end of its line: `error volume-exists "date" the container … → …`.
 */
export async function checkObjects(rule: BuildRule, objects: string, environment?: string): Promise<readonly string[]> {
  const files = {
    'dev/kustomization.yaml': 'resources: [objects.yaml]\n',
    'dev/objects.yaml': objects,
    ...(environment !== undefined && { 'dev/environment.yaml': environment }),
  };
  await using written = await writeFiles(files);
  const input = await inputOf(written.root, 'dev');
  const lines = objects.split('\n');
  return [...rule.check(input)].map((reported) => {
    const { severity, rule: id, position, message, remedy } = asFinding(rule, reported);
    const place = lines[position.line - 1]?.slice(position.column - 1) ?? '';
    return `${severity} ${id} "${place}" ${message} → ${remedy}`;
  });
}

async function inputOf(root: string, folder: string): Promise<BuildInput> {
  const repository = await readRepository(root);
  const { valid, problems } = readEnvironments(repository);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
  const objects = (repository.file(`${folder}/objects.yaml`)?.documents ?? []).map((document): BuiltObject => {
    const object = document.value as Readonly<Record<string, unknown>>;
    return { id: objectIdOf(object), object, positionOf: (path, options) => document.positionOf(path, options) };
  });
  const build: Build = { folder, objects, trace: trace(repository, folder) };
  const environment = valid.find((each) => each.folder === folder);
  return {
    name: folder,
    repository,
    build,
    environment,
    objects: new ObjectIndex(objects),
    schemas: Schemas.pinned().withCustomResourceDefinitions(objects.map((each) => each.object)),
  };
}

/** Everything that `lint` finds in a repository of these files, rendered by the real kustomize. */
export async function lintFiles(files: Files, kustomize: string, rules?: readonly Rule[]): Promise<readonly string[]> {
  await using written = await writeFiles(files);
  const { findings } = await lint({ root: written.root, kustomize, ...(rules !== undefined && { rules }) });
  return findings.map(printed);
}

function asFinding(rule: Rule, reported: Reported): Finding {
  return { severity: rule.severity, environments: [], ...reported, rule: rule.id };
}
