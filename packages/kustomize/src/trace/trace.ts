import { isMapping, listOf, type Kustomization } from '../kustomization.ts';
import { formatObjectId, objectIdOf, staysUnnamespaced, type ObjectId } from '../object-id.ts';
import type { Repository } from '../repository.ts';
import { inlineDocuments, type Path, type Position, type SourceDocument } from '../source-file.ts';
import { generatedResource } from './generators.ts';
import { imagesIn, isImageMatched, withOverride } from './images.ts';
import { entryLayer, operationsLayer } from './layer.ts';
import { selects } from './selector.ts';
import { TracedResource } from './traced-resource.ts';

export type EntryField = 'patches' | 'patchesStrategicMerge' | 'patchesJson6902' | 'images' | 'replicas';

/** What one entry of a kustomization did to the objects before it. */
export interface EntryHits {
  readonly kustomization: Kustomization;
  readonly field: EntryField;
  readonly at: Path;
  readonly position: Position;
  /** For messages: `patch of Deployment traefik`, `image consul`, `replicas of traefik`. */
  readonly subject: string;
  readonly hits: readonly ObjectId[];
  /** What it might have meant: names of images or objects that are there. */
  readonly candidates: readonly string[];
  /** The patch says this kind, its target is of another, and kustomize keeps the target's without a word. */
  readonly ignoredKind?: { readonly kind: string; readonly position: Position };
}

/** One Component that a kustomization names. */
export interface ComponentUse {
  readonly kustomization: Kustomization;
  readonly at: Path;
  readonly position: Position;
  /** The Component's folder. */
  readonly folder: string;
  /** Whether it added or changed anything. */
  readonly isEffective: boolean;
}

/** What a build of one kustomization comes from. */
export interface Trace {
  readonly folder: string;
  readonly entries: readonly EntryHits[];
  readonly components: readonly ComponentUse[];
  readonly resources: readonly TracedResource[];
  /** Features that are not followed: other repositories, plugins, charts. What they bring is unknown here. */
  readonly untraced: readonly Position[];
}

/** Follows a kustomization as kustomize would build it, without starting it. */
export function trace(repository: Repository, folder: string): Trace {
  const tracer = new Tracer(repository);
  const resources = tracer.accumulate(folder, new Set());
  return { folder, entries: tracer.entries, components: tracer.components, resources, untraced: tracer.untraced };
}

const unfollowed = ['generators', 'transformers', 'helmCharts', 'helmChartInflationGenerator', 'vars'] as const;

class Tracer {
  readonly entries: EntryHits[] = [];
  readonly components: ComponentUse[] = [];
  readonly untraced: Position[] = [];
  readonly #repository: Repository;

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  accumulate(folder: string, within: ReadonlySet<string>): TracedResource[] {
    const kustomization = this.#repository.kustomizations.get(folder);
    if (kustomization === undefined || within.has(folder)) return [];
    return this.#apply(kustomization, [], new Set([...within, folder]));
  }

  /** In kustomize's own order: resources, generators, Components, then the transformers. */
  #apply(kustomization: Kustomization, resources: TracedResource[], within: ReadonlySet<string>): TracedResource[] {
    const { content, document } = kustomization;
    for (const field of unfollowed) {
      if (content[field] !== undefined) this.untraced.push(document.positionOf([field], { atKey: true }));
    }
    this.#addResources(kustomization, resources, within);
    for (const field of ['configMapGenerator', 'secretGenerator'] as const) {
      listOf(content[field]).forEach((generator, index) => {
        const made = generatedResource(kustomization, [field, index], generator, resources);
        if (made !== undefined) resources.push(made);
      });
    }
    this.#addComponents(kustomization, resources, within);
    listOf(content['patchesStrategicMerge']).forEach((_, index) =>
      this.#patch(kustomization, ['patchesStrategicMerge', index], {}, resources),
    );
    listOf(content['patches']).forEach((entry, index) =>
      this.#patch(kustomization, ['patches', index], isMapping(entry) ? entry : {}, resources),
    );
    rename(kustomization, resources);
    label(kustomization, resources);
    listOf(content['patchesJson6902']).forEach((entry, index) =>
      this.#patch(kustomization, ['patchesJson6902', index], isMapping(entry) ? entry : {}, resources),
    );
    listOf(content['replicas']).forEach((entry, index) => this.#scale(kustomization, index, entry, resources));
    listOf(content['images']).forEach((entry, index) => this.#override(kustomization, index, entry, resources));
    return resources;
  }

  #addResources(kustomization: Kustomization, resources: TracedResource[], within: ReadonlySet<string>): void {
    for (const { field, at, target } of kustomization.references) {
      if (field !== 'resources' && field !== 'bases') continue;
      if (target.kind === 'kustomization') resources.push(...this.accumulate(target.folder, within));
      else if (target.kind === 'file') resources.push(...this.#objectsOf(target.path));
      else this.untraced.push(kustomization.document.positionOf(at));
    }
  }

  #objectsOf(path: string): readonly TracedResource[] {
    const documents = this.#repository.file(path)?.documents ?? [];
    return documents.flatMap((document) => {
      const { value } = document;
      if (!isMapping(value)) return [];
      if (!Array.isArray(value['items']) || typeof value['kind'] !== 'string' || !value['kind'].endsWith('List')) {
        return [TracedResource.fromDocument(document, value, [])];
      }
      return (value['items'] as unknown[]).flatMap((item, index) =>
        isMapping(item) ? [TracedResource.fromDocument(document, item, ['items', index])] : [],
      );
    });
  }

  #addComponents(kustomization: Kustomization, resources: TracedResource[], within: ReadonlySet<string>): void {
    for (const { field, at, target } of kustomization.references) {
      if (field !== 'components') continue;
      const position = kustomization.document.positionOf(at);
      const component =
        target.kind === 'kustomization' ? this.#repository.kustomizations.get(target.folder) : undefined;
      if (component === undefined || within.has(component.folder)) {
        this.untraced.push(position);
        continue;
      }
      const before = { entries: this.entries.length, resources: resources.length, untraced: this.untraced.length };
      this.#apply(component, resources, new Set([...within, component.folder]));
      const isEffective =
        resources.length !== before.resources ||
        this.untraced.length !== before.untraced ||
        this.entries.slice(before.entries).some(({ hits }) => hits.length > 0) ||
        changesEverything.some((name) => component.content[name] !== undefined);
      this.components.push({ kustomization, at, position, folder: component.folder, isEffective });
    }
  }

  #patch(
    kustomization: Kustomization,
    at: readonly [EntryField, number],
    entry: Readonly<Record<string, unknown>>,
    resources: TracedResource[],
  ): void {
    for (const document of this.#patchDocuments(kustomization, at)) {
      const target = isMapping(entry['target']) ? entry['target'] : undefined;
      const isOperations = Array.isArray(document.value);
      const id = isMapping(document.value) ? objectIdOf(document.value) : undefined;
      if (!isOperations && id === undefined) continue;
      const found =
        target !== undefined
          ? resources.filter((resource) => selects(target, resource))
          : resources.filter((resource) => id !== undefined && resource.isKnownAs(id));
      const hits = found.map((resource) => resource.id);
      const options = isMapping(entry['options']) ? entry['options'] : {};
      const ignored = target === undefined || options['allowKindChange'] === true ? undefined : otherKind(id, hits);
      this.entries.push({
        kustomization,
        field: at[0],
        at,
        position: kustomization.document.positionOf(target === undefined ? at : [...at, 'target']),
        subject: `patch of ${target === undefined ? formatObjectId(id ?? noId) : describeTarget(target)}`,
        hits,
        candidates: resources.map((resource) => formatObjectId(resource.id)),
        ...(ignored !== undefined && {
          ignoredKind: { kind: ignored, position: document.positionOf(['kind']) },
        }),
      });
      for (const resource of found) applyPatch(resource, document, options, resources);
    }
  }

  #patchDocuments(kustomization: Kustomization, at: readonly [EntryField, number]): readonly SourceDocument[] {
    const { document, references } = kustomization;
    const reference = references.find(
      ({ at: own }) => own[0] === at[0] && own[1] === at[1] && (own.length === 2 || own[2] === 'path'),
    );
    if (reference !== undefined) {
      const { target } = reference;
      if (target.kind !== 'file') return [];
      return this.#repository.file(target.path)?.documents ?? [];
    }
    return inlineDocuments(document, at[0] === 'patchesStrategicMerge' ? at : [...at, 'patch']);
  }

  #scale(kustomization: Kustomization, index: number, entry: unknown, resources: readonly TracedResource[]): void {
    if (!isMapping(entry)) return;
    const position = kustomization.document.positionOf(['replicas', index]);
    const isScaled = (resource: TracedResource) => resource.kinds().some((kind) => scaledKinds.has(kind));
    const found = resources.filter(
      (resource) => isScaled(resource) && resource.names().includes(String(entry['name'])),
    );
    for (const resource of found) {
      const count = kustomization.document.positionOf(['replicas', index, 'count']);
      resource.addLayer(entryLayer(count, (path) => path.join('.') === 'spec.replicas'));
    }
    this.entries.push({
      kustomization,
      field: 'replicas',
      at: ['replicas', index],
      position,
      subject: `replicas of ${String(entry['name'])}`,
      hits: found.map((resource) => resource.id),
      candidates: resources.filter(isScaled).map((resource) => resource.id.name),
    });
  }

  #override(kustomization: Kustomization, index: number, entry: unknown, resources: readonly TracedResource[]): void {
    if (!isMapping(entry) || typeof entry['name'] !== 'string') return;
    const { name } = entry;
    const position = kustomization.document.positionOf(['images', index]);
    const candidates = [...new Set(resources.flatMap((resource) => [...resource.images.values()]))];
    const found = resources.filter((resource) => {
      const matched = [...resource.images].filter(([, image]) => isImageMatched(image, name));
      for (const [key, image] of matched) resource.images.set(key, withOverride(image, entry));
      if (matched.length === 0) return false;
      const keys = new Set(matched.map(([key]) => key));
      resource.addLayer(
        entryLayer(position, (path, rendered) =>
          imagesIn(rendered).some((field) => keys.has(field.key) && field.path.join('\0') === path.join('\0')),
        ),
      );
      return true;
    });
    this.entries.push({
      kustomization,
      field: 'images',
      at: ['images', index],
      position,
      subject: `image ${name}`,
      hits: found.map((resource) => resource.id),
      candidates,
    });
  }
}

/** @see https://github.com/kubernetes-sigs/kustomize/blob/api/v0.21.1/api/internal/konfig/builtinpluginconsts/replicas.go */
const scaledKinds = new Set(['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet']);

/** Fields with which a Component changes whatever it is given. */
const changesEverything = [
  'namespace',
  'namePrefix',
  'nameSuffix',
  'labels',
  'commonLabels',
  'commonAnnotations',
  'replacements',
];

const noId: ObjectId = { apiVersion: '', kind: '', namespace: undefined, name: '' };

function describeTarget(target: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(target).filter(([, value]) => typeof value === 'string' && value !== '');
  const { kind, name, ...rest } = Object.fromEntries(fields) as Record<string, string>;
  const others = Object.entries(rest).map(([key, value]) => `${key} ${value}`);
  const who = [kind ?? 'any kind', name ?? ''].join(' ').trim();
  return others.length === 0 ? who : `${who} (${others.join(', ')})`;
}

function otherKind(id: ObjectId | undefined, hits: readonly ObjectId[]): string | undefined {
  if (id === undefined || id.kind === '') return undefined;
  return hits.some(({ kind }) => kind !== id.kind) ? id.kind : undefined;
}

function applyPatch(
  resource: TracedResource,
  document: SourceDocument,
  options: Readonly<Record<string, unknown>>,
  resources: TracedResource[],
): void {
  if (!isMapping(document.value)) {
    resource.addLayer(operationsLayer(document));
    return;
  }
  if (document.value['$patch'] === 'delete') {
    resources.splice(resources.indexOf(resource), 1);
    return;
  }
  const id = objectIdOf(document.value);
  const kind = options['allowKindChange'] === true && id.kind !== '' ? id.kind : resource.id.kind;
  const name = options['allowNameChange'] === true && id.name !== '' ? id.name : resource.id.name;
  if (kind !== resource.id.kind || name !== resource.id.name) resource.become({ kind, name });
  resource.merge(document);
}

/** Kinds whose name no prefix changes. @see kustomize's api/internal/builtins/PrefixTransformer.go */
const unprefixed = new Set(['CustomResourceDefinition', 'Namespace', 'APIService']);

function rename({ content, document }: Kustomization, resources: readonly TracedResource[]): void {
  const { namespace } = content;
  if (typeof namespace === 'string' && namespace !== '') {
    const position = document.positionOf(['namespace']);
    for (const resource of resources) {
      if (resource.id.kind === 'Namespace') resource.become({ name: namespace });
      else if (!isUnnamespaced(resource)) resource.become({ namespace });
      resource.addLayer(entryLayer(position, (path) => path.join('.') === 'metadata.namespace'));
    }
  }
  const affix = (key: string) => (typeof content[key] === 'string' ? content[key] : '');
  const [prefix, suffix] = [affix('namePrefix'), affix('nameSuffix')];
  if (prefix === '' && suffix === '') return;
  for (const resource of resources) {
    if (unprefixed.has(resource.id.kind)) continue;
    resource.become({ name: `${prefix}${resource.id.name}${suffix}` });
  }
}

function isUnnamespaced({ id }: TracedResource): boolean {
  return id.namespace === undefined && staysUnnamespaced(id.kind);
}

function label({ content, document }: Kustomization, resources: readonly TracedResource[]): void {
  const add = (at: Path, values: unknown, field: 'labels' | 'annotations') => {
    if (!isMapping(values)) return;
    const position = document.positionOf(at, { atKey: true });
    const keys = new Set(Object.keys(values));
    for (const resource of resources) {
      for (const [key, value] of Object.entries(values)) resource[field].set(key, String(value));
      resource.addLayer(
        entryLayer(position, (path) => {
          const key = path.at(-1);
          return typeof key === 'string' && keys.has(key) && labelParents.has(String(path.at(-2)));
        }),
      );
    }
  };
  listOf(content['labels']).forEach((entry, index) => {
    if (isMapping(entry)) add(['labels', index, 'pairs'], entry['pairs'], 'labels');
  });
  add(['commonLabels'], content['commonLabels'], 'labels');
  add(['commonAnnotations'], content['commonAnnotations'], 'annotations');
}

const labelParents = new Set(['labels', 'annotations', 'matchLabels', 'selector']);
