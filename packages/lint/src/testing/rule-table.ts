import { expect, test } from '@jest/globals';
import type { BuildRule, KustomizationRule } from '../rule.ts';
import { checkKustomizations, checkObjects, type Files } from './lint-files.ts';

/** One mistake in a repository's files, what the rule says of it, and the files after its remedy was followed. */
export interface KustomizationCase {
  readonly name: string;
  readonly files: Files;
  readonly finds: readonly string[];
  /** What differs after the remedy. */
  readonly remedied: Files;
}

export function kustomizationTable(
  rule: KustomizationRule,
  cases: readonly KustomizationCase[],
  passing: Readonly<Record<string, Files>> = {},
): void {
  test.each(cases.map((each) => ({ ...each, title: each.name })))(
    '$title: found, and gone when its remedy is followed',
    async ({ files, finds, remedied }) => {
      expect(await checkKustomizations(rule, files)).toEqual(finds);
      expect(await checkKustomizations(rule, { ...files, ...remedied })).toEqual([]);
    },
  );
  const good = Object.entries(passing);
  if (good.length > 0) {
    test.each(good)('%s: nothing is found', async (_, files) => {
      expect(await checkKustomizations(rule, files)).toEqual([]);
    });
  }
}

/** One mistake in rendered objects, as one YAML text; `remedied` replaces parts of it, each of which must be there once. */
export interface ObjectCase {
  readonly name: string;
  readonly objects: string;
  readonly finds: readonly string[];
  readonly remedied: Readonly<Record<string, string>>;
  /** environment.yaml beside it, if it matters. */
  readonly environment?: string;
}

export function objectTable(
  rule: BuildRule,
  cases: readonly ObjectCase[],
  passing: Readonly<Record<string, string>> = {},
): void {
  test.each(cases.map((each) => ({ ...each, title: each.name })))(
    '$title: found, and gone when its remedy is followed',
    async ({ objects, finds, remedied, environment }) => {
      expect(await checkObjects(rule, objects, environment)).toEqual(finds);
      const mended = Object.entries(remedied).reduce((text, [from, to]) => {
        expect(text.split(from)).toHaveLength(2);
        return text.replace(from, () => to);
      }, objects);
      expect(await checkObjects(rule, mended, environment)).toEqual([]);
    },
  );
  const good = Object.entries(passing);
  if (good.length > 0) {
    test.each(good)('%s: nothing is found', async (_, objects) => {
      expect(await checkObjects(rule, objects)).toEqual([]);
    });
  }
}
