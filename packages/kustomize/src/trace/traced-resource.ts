import { isMapping } from '../kustomization.ts';
import { groupOf, objectIdOf, versionOf, effectiveNamespace, type ObjectId } from '../object-id.ts';
import type { Path, Position, SourceDocument } from '../source-file.ts';
import { imagesIn } from './images.ts';
import { documentLayer, type Layer } from './layer.ts';

/** One object on its way through kustomizations: who it was and is, and what set its values. */
export class TracedResource {
  readonly originalId: ObjectId;
  readonly #previous: ObjectId[] = [];
  #id: ObjectId;
  readonly labels = new Map<string, string>();
  readonly annotations = new Map<string, string>();
  /** By container; as the last layer that names one has it. */
  readonly images = new Map<string, string>();
  /** Whether kustomize appends the hash of the content to the name. */
  readonly isGenerated: boolean;
  readonly #layers: Layer[];

  constructor(id: ObjectId, layer: Layer, isGenerated = false) {
    this.originalId = id;
    this.#id = id;
    this.#layers = [layer];
    this.isGenerated = isGenerated;
  }

  static fromDocument(document: SourceDocument, object: Readonly<Record<string, unknown>>, at: Path): TracedResource {
    const resource = new TracedResource(objectIdOf(object), documentLayer(document, at));
    resource.#learn(object);
    return resource;
  }

  get id(): ObjectId {
    return this.#id;
  }

  /** The object has this name, namespace or kind from now on; by the old one it is still found. */
  become(change: Partial<ObjectId>): void {
    this.#previous.push(this.#id);
    this.#id = { ...this.#id, ...change };
  }

  /** Whether kustomize would find the object by this id, as it is or as it was. */
  isKnownAs(id: ObjectId): boolean {
    return [...this.#previous, this.#id].some(
      (own) =>
        own.name === id.name &&
        own.kind === id.kind &&
        groupOf(own.apiVersion) === groupOf(id.apiVersion) &&
        versionOf(own.apiVersion) === versionOf(id.apiVersion) &&
        effectiveNamespace(own) === effectiveNamespace(id),
    );
  }

  /** Every name that it has or had. */
  names(): readonly string[] {
    return [...this.#previous, this.#id].map(({ name }) => name);
  }

  /** Kinds that it has or had. */
  kinds(): readonly string[] {
    return [...this.#previous, this.#id].map(({ kind }) => kind);
  }

  addLayer(layer: Layer): void {
    this.#layers.push(layer);
  }

  merge(document: SourceDocument): void {
    this.#layers.push(documentLayer(document));
    if (isMapping(document.value)) this.#learn(document.value);
  }

  #learn(object: Readonly<Record<string, unknown>>): void {
    const metadata = isMapping(object['metadata']) ? object['metadata'] : {};
    for (const [field, map] of [['labels', this.labels] as const, ['annotations', this.annotations] as const]) {
      const values = isMapping(metadata[field]) ? metadata[field] : {};
      for (const [key, value] of Object.entries(values)) {
        if (value === null) map.delete(key);
        else if (typeof value === 'string') map.set(key, value);
      }
    }
    for (const { key, image } of imagesIn(object)) this.images.set(key, image);
  }

  /**
   * Where the value at `path` of the rendered object comes from: what set it last. A value that nothing wrote is placed at its nearest
   * parent, in the file that had it first.
   */
  sourceOf(path: Path, rendered: unknown, options: { readonly atKey?: boolean } = {}): Position {
    let best = this.#layers[0];
    let depth = best?.depth(path, rendered) ?? 0;
    for (const layer of this.#layers.slice(1)) {
      const own = layer.depth(path, rendered);
      if (own > depth || (own === depth && own === path.length && own > 0)) [best, depth] = [layer, own];
    }
    if (best === undefined) throw new TypeError('a resource has the layer that it began with');
    return best.position(path, rendered, options);
  }
}
