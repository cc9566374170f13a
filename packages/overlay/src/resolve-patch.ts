import { isDeepStrictEqual } from 'node:util';
import type { Base } from './base.ts';
import { missing, type BaseObject } from './base-object.ts';
import { isMapping, kindOf, nameOf, type Manifest, type Value } from './manifest.ts';
import { difference } from './difference.ts';
import type { JsonPatch, MergePatch, Patch, Step } from './patch.ts';

/** A patch as it is to be written. */
export interface PlannedPatch {
  /** From the overlay's folder. */
  readonly path: string;
  readonly fields: readonly string[];
  readonly content: Value;
  /** How kustomization.yaml names it. */
  readonly entry: Manifest;
}

/**
 * The smallest patch that makes the base what is wanted; undefined where it is so already.
 *
 * @throws OverlayError `PATCH_TARGET_MISSING` for an object, container, port, argument or variable that is not there
 */
export function resolvePatch(patch: Patch, base: Base): PlannedPatch | undefined {
  return patch.kind === 'json' ? resolveJson(patch, base) : resolveMerge(patch, base);
}

function resolveMerge(patch: MergePatch, base: Base): PlannedPatch | undefined {
  const { fields, purpose, wanted, additions = [], rename } = patch;
  const { apiVersion = '', metadata, ...others } = wanted;
  const [kind, name] = [kindOf(wanted), nameOf(wanted)];
  const found = base.get(kind, name);
  const moreMetadata = Object.entries(metadata as Manifest).filter(([key]) => key !== 'name');
  const rest = difference({ metadata: Object.fromEntries(moreMetadata), ...others }, found.object, {
    additions,
    onAbsent: ({ item, at }) => {
      throw absent(found, purpose, `there is no item with ${item} at ${at}`);
    },
  });
  if (rest === undefined && rename === undefined) return undefined;
  const { metadata: restMetadata, ...restSpec } = rest ?? {};
  const path = pathOf(name, purpose);
  const ownMetadata = { name: rename ?? name, ...(isMapping(restMetadata) && restMetadata) };
  const content: Manifest = { apiVersion, kind, metadata: ownMetadata, ...restSpec };
  const target = { group: groupOf(apiVersion), kind, name };
  const entry = {
    path,
    ...((found.kindChanged === true || rename !== undefined) && { target }),
    ...(rename !== undefined && { options: { allowNameChange: true } }),
  };
  return { path, fields, content, entry };
}

function resolveJson({ fields, purpose, target, values }: JsonPatch, base: Base): PlannedPatch | undefined {
  const found = base.get(target.kind, target.name);
  const operations = values.flatMap(({ path, value }) => operationsFor(path, value, found, purpose));
  if (operations.length === 0) return undefined;
  const distinct = operations.filter(
    (operation, index) => operations.findIndex((each) => isDeepStrictEqual(each, operation)) === index,
  );
  const path = pathOf(target.name, purpose);
  const { group, kind, name } = target;
  return { path, fields, content: distinct, entry: { path, target: { group, kind, name } } };
}

/** Items of lists have no name in a JSON patch, only a number: a `test` before it makes the build fail where the number is another's. */
function operationsFor(path: readonly Step[], value: Value, found: BaseObject, purpose: string): readonly Manifest[] {
  const tests: Manifest[] = [];
  let pointer = '';
  let at: Value | undefined = found.object;
  for (const step of path) {
    if (step === '-') {
      if (!Array.isArray(at)) throw absent(found, purpose, `there is no list at ${pointer}`);
      const same = (at as readonly Value[]).find((item) => flagOf(item) === flagOf(value));
      if (same === value) return [];
      if (same !== undefined) throw absent(found, purpose, `${pointer} has ${JSON.stringify(same)} already`);
      return [...tests, { op: 'add', path: `${pointer}/-`, value }];
    }
    if (typeof step === 'string') {
      at = isMapping(at) ? at[step] : undefined;
      pointer = `${pointer}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      continue;
    }
    const items: readonly Value[] = Array.isArray(at) ? (at as readonly Value[]) : [];
    const index = items.findIndex((item) => isMeant(step, item));
    if (index === -1) throw absent(found, purpose, `there is no ${describe(step)} at ${pointer}`);
    at = items[index];
    pointer = `${pointer}/${index}`;
    tests.push(
      'item' in step
        ? { op: 'test', path: [pointer, ...step.item].join('/'), value: step.is }
        : { op: 'test', path: pointer, value: at ?? null },
    );
  }
  if (isDeepStrictEqual(at, value)) return [];
  return [...tests, { op: at === undefined ? 'add' : 'replace', path: pointer, value }];
}

function isMeant(step: Exclude<Step, string>, item: Value): boolean {
  if ('argument' in step) return flagOf(item) === step.argument;
  return step.item.reduce<Value | undefined>((at, key) => (isMapping(at) ? at[key] : undefined), item) === step.is;
}

/** `--log.level` of `--log.level=INFO`. */
function flagOf(argument: Value): Value {
  return typeof argument === 'string' ? argument.replace(/=.*/s, '') : argument;
}

function describe(step: Exclude<Step, string>): string {
  return 'argument' in step ? `argument ${step.argument}` : `item with ${step.item.join('.')} "${step.is}"`;
}

function absent({ object, file }: BaseObject, purpose: string, what: string): Error {
  return missing(`planning the ${purpose} of ${kindOf(object)} ${nameOf(object)}`, `${what} in ${file}`);
}

function pathOf(name: string, purpose: string): string {
  return `patches/${name}-${purpose}.yaml`;
}

function groupOf(apiVersion: Value): string {
  const text = typeof apiVersion === 'string' ? apiVersion : '';
  return text.includes('/') ? text.slice(0, text.indexOf('/')) : '';
}
