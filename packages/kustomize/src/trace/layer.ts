import { isMapping } from '../kustomization.ts';
import type { Path, Position, SourceDocument } from '../source-file.ts';

type Options = { readonly atKey?: boolean };

/** Something that set values of an object: its own file, a patch, an entry of `images`. */
export interface Layer {
  /** How many steps of the path this layer knows; {@link Path} length when it sets the value itself. */
  depth(path: Path, rendered: unknown): number;
  position(path: Path, rendered: unknown, options: Options): Position;
}

/** Fields that tell list items apart, as Kubernetes' strategic merge has them, most telling first. */
const mergeKeys = [
  'name',
  'mountPath',
  'devicePath',
  'containerPort',
  'port',
  'topologyKey',
  'key',
  'ip',
  'type',
  'kind',
];

/** A document, or the part of it at `at`, that is merged into the object. */
export function documentLayer(document: SourceDocument, at: Path = []): Layer {
  const root = at.reduce<unknown>(step, document.value);
  const resolve = (path: Path, rendered: unknown) => commonPath(root, path, rendered);
  return {
    depth: (path, rendered) => resolve(path, rendered).length,
    position: (path, rendered, options) => {
      const found = resolve(path, rendered);
      return document.positionOf([...at, ...found], found.length === path.length ? options : { atKey: true });
    },
  };
}

function indexOf(list: unknown, item: unknown, index: number): number | undefined {
  if (!Array.isArray(list)) return undefined;
  const items: readonly unknown[] = list;
  const found = (at: number) => (at === -1 ? undefined : at);
  if (!isMapping(item)) return found(items.indexOf(item));
  const key = mergeKeys.find((candidate) => Object.hasOwn(item, candidate));
  if (key === undefined) return index < items.length ? index : undefined;
  return found(items.findIndex((each) => isMapping(each) && each[key] === item[key]));
}

/** Operations of a JSON patch (RFC 6902). */
export function operationsLayer(document: SourceDocument): Layer {
  const operations = (Array.isArray(document.value) ? (document.value as unknown[]) : []).flatMap((operation, index) =>
    isMapping(operation) &&
    typeof operation['path'] === 'string' &&
    operation['op'] !== 'remove' &&
    operation['op'] !== 'test'
      ? [{ index, steps: pointerSteps(operation['path']), value: operation['value'] }]
      : [],
  );
  const resolve = (path: Path, rendered: unknown) => {
    let best: { readonly at: Path; readonly depth: number } | undefined;
    for (const { index, steps, value } of operations) {
      if (steps.length > path.length || !steps.every((own, i) => isSameStep(own, path[i]))) continue;
      const inner = path.slice(steps.length);
      const found = commonPath(value, inner, path.slice(0, steps.length).reduce<unknown>(step, rendered));
      const depth = steps.length + found.length;
      if (best === undefined || depth >= best.depth) best = { at: [index, 'value', ...found], depth };
    }
    return best;
  };
  return {
    depth: (path, rendered) => resolve(path, rendered)?.depth ?? 0,
    position: (path, rendered) => document.positionOf(resolve(path, rendered)?.at ?? []),
  };
}

/** As much of a rendered object's path as `value` has too, in its own indexes: list items are the same by what tells them apart. */
function commonPath(value: unknown, path: Path, rendered: unknown): Path {
  const found: (string | number)[] = [];
  let node = value;
  let shown = rendered;
  for (const next of path) {
    const item = step(shown, next);
    const own =
      typeof next === 'number'
        ? indexOf(node, item, next)
        : isMapping(node) && Object.hasOwn(node, next)
          ? next
          : undefined;
    if (own === undefined) break;
    found.push(own);
    node = step(node, own);
    shown = item;
  }
  return found;
}

/** `~1` and `~0` stand for `/` and `~`. @see RFC 6901, section 3 */
function pointerSteps(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((text) => text.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isSameStep(own: string, asked: string | number | undefined): boolean {
  return own === String(asked) || (own === '-' && typeof asked === 'number');
}

/** An entry of a kustomization that sets exactly the fields for which `covers` says so. */
export function entryLayer(position: Position, covers: (path: Path, rendered: unknown) => boolean): Layer {
  return {
    depth: (path, rendered) => (covers(path, rendered) ? path.length : 0),
    position: () => position,
  };
}

export function step(value: unknown, next: string | number): unknown {
  if (Array.isArray(value)) return (value as unknown[])[next as number];
  return isMapping(value) ? value[next] : undefined;
}
