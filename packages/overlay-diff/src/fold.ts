import type { FieldChange } from './field-changes.ts';
import type { ObjectChange } from './object-changes.ts';

/** What a change does to one kustomization that is deployed. */
export interface LeafDiff {
  /** Folder of the kustomization, from the repository's root. */
  readonly leaf: string;
  readonly changes: readonly ObjectChange[];
}

/** Changes that the same kustomizations share, field by field. */
export interface FoldedDiff {
  readonly leaves: readonly string[];
  readonly changes: readonly ObjectChange[];
}

interface Fold {
  readonly change: Omit<ObjectChange, 'fields'>;
  readonly field: FieldChange | undefined;
  readonly leaves: string[];
}

/** Folds what agrees: each field's change is told once, with all the leaves it happens in. What touches most leaves comes first. */
export function fold(diffs: readonly LeafDiff[]): readonly FoldedDiff[] {
  const folds = new Map<string, Fold>();
  for (const { leaf, changes } of diffs) {
    for (const { fields, ...change } of changes) {
      for (const field of fields.length === 0 ? [undefined] : fields) {
        const key = JSON.stringify([change, field]);
        const known = folds.get(key);
        if (known === undefined) folds.set(key, { change, field, leaves: [leaf] });
        else known.leaves.push(leaf);
      }
    }
  }
  const groups = Map.groupBy(folds.values(), ({ leaves }) => JSON.stringify(leaves));
  return [...groups.values()]
    .map((members) => ({ leaves: members[0]?.leaves ?? [], changes: objectsOf(members) }))
    .toSorted((a, b) => b.leaves.length - a.leaves.length);
}

function objectsOf(members: readonly Fold[]): readonly ObjectChange[] {
  const objects = Map.groupBy(members, ({ change }) => JSON.stringify(change));
  return [...objects.values()].flatMap((folds) => {
    const [first] = folds;
    return first === undefined ? [] : [{ ...first.change, fields: folds.flatMap(({ field }) => field ?? []) }];
  });
}
