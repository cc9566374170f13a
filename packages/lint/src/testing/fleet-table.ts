import { expect, test } from '@jest/globals';
import { readRepository, trace, type Build, type BuiltObject, objectIdOf } from '@gatefleet/kustomize';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { Schemas } from '@gatefleet/kubernetes-schema';
import { ObjectIndex, type BuildInput } from '../input/build-input.ts';
import type { FleetInput } from '../input/fleet-input.ts';
import { readEnvironments } from '../input/lint-environment.ts';
import { stagedVersions } from '../input/staged-versions.ts';
import { staleFiles } from '../input/stale-files.ts';
import type { ChangeRule, FleetRule } from '../rule.ts';
import type { Files } from './lint-files.ts';

/** One mistake in a fleet's files, what the rule says of it, and what differs after its remedy was followed. */
export interface FleetCase {
  readonly name: string;
  readonly files: Files;
  readonly finds: readonly string[];
  /** Undefined removes a file. */
  readonly remedied: Readonly<Record<string, string | undefined>>;
}

/** One change of a fleet's files, what the rule says of it, and what differs after its remedy was followed. */
export interface ChangeCase extends FleetCase {
  readonly before: Files;
}

export function fleetTable(
  rule: FleetRule,
  cases: readonly FleetCase[],
  passing: Readonly<Record<string, Files>> = {},
): void {
  table(cases, passing, async (files) => {
    await using fleet = await readFleet(files);
    return [...rule.check(fleet.input)].map((reported) => line({ ...rule, ...reported, id: rule.id }));
  });
}

export function changeTable(
  rule: ChangeRule,
  cases: readonly ChangeCase[],
  passing: Readonly<Record<string, Pick<ChangeCase, 'before' | 'files'>>> = {},
): void {
  const checkAgainst = (old: Files) => async (files: Files) => {
    await using before = await readFleet(old);
    await using after = await readFleet({ ...old, ...files });
    const found = rule.check({ before: before.input, after: after.input, revision: 'HEAD~1' });
    return [...found].map((reported) => line({ ...rule, ...reported, id: rule.id }));
  };
  for (const each of cases) table([each], {}, checkAgainst(each.before));
  for (const [name, { before, files }] of Object.entries(passing)) table([], { [name]: files }, checkAgainst(before));
}

function table(
  cases: readonly FleetCase[],
  passing: Readonly<Record<string, Files>>,
  check: (files: Files) => Promise<readonly string[]>,
): void {
  for (const { name, files, finds, remedied } of cases) {
    test(`${name}: found, and gone when its remedy is followed`, async () => {
      expect(await check(files)).toEqual(finds);
      const mended = Object.entries({ ...files, ...remedied }).filter(([, text]) => text !== undefined);
      expect(await check(Object.fromEntries(mended) as Files)).toEqual([]);
    });
  }
  const good = Object.entries(passing);
  if (good.length > 0) {
    test.each(good)('%s: nothing is found', async (_, files) => {
      expect(await check(files)).toEqual([]);
    });
  }
}

interface Line {
  readonly id: string;
  readonly severity: string;
  readonly position: { readonly file: string; readonly line: number; readonly column: number };
  readonly message: string;
  readonly remedy: string;
}

function line({ id, severity, position: { file, line: at, column }, message, remedy }: Line): string {
  return `${severity} ${id} ${file}:${at}:${column} ${message} → ${remedy}`;
}

/** The fleet of these files. What is deployed is not rendered, only followed: each resource is as its file has it. */
async function readFleet(files: Files): Promise<AsyncDisposable & { readonly input: FleetInput }> {
  const written = await writeFiles(files);
  const repository = await readRepository(written.root);
  const { valid: environments, problems } = readEnvironments(repository);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
  const builds = repository.leaves().map((folder): BuildInput => {
    const objects = repository.closureOf(folder).files.flatMap((path) =>
      (repository.file(path)?.documents ?? []).flatMap((document): BuiltObject[] => {
        const object = document.value as Readonly<Record<string, unknown>>;
        if (path.endsWith('kustomization.yaml') || object['kind'] === undefined) return [];
        return [{ id: objectIdOf(object), object, positionOf: (at, options) => document.positionOf(at, options) }];
      }),
    );
    const build: Build = { folder, objects, trace: trace(repository, folder) };
    const environment = environments.find((each) => each.folder === folder);
    const name = environment?.name ?? folder;
    return { name, repository, build, environment, objects: new ObjectIndex(objects), schemas: Schemas.pinned() };
  });
  return {
    input: {
      repository,
      builds,
      environments,
      stale: await staleFiles(repository, environments),
      stagedVersions: await stagedVersions(repository, environments, undefined),
      now: new Date(),
    },
    [Symbol.asyncDispose]: () => written[Symbol.asyncDispose](),
  };
}
