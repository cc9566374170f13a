/** One step from a version of the format to the next. */
export interface Migration {
  /** `gatefleet.dev/v1alpha0` */
  readonly from: string;
  readonly to: string;
  /** The document in the next version, with its `apiVersion`. What is not as it should be is handed on as it is: the next schema names it. */
  readonly migrate: (document: Mapping) => Mapping;
  /** Where a path of the next version stands in this one, so that mistakes are shown where they were written. */
  readonly origin: (path: readonly PropertyKey[]) => readonly PropertyKey[];
}

type Mapping = Readonly<Record<string, unknown>>;

export interface Migrated {
  readonly document: unknown;
  /** From a path of the migrated document to one of the document as written. */
  readonly origin: (path: readonly PropertyKey[]) => readonly PropertyKey[];
}

/** Brings a document of an older version to the newest that the steps lead to; any other is left as it is. */
export function migrationsOf(document: unknown, migrations: readonly Migration[]): Migrated {
  let migrated: Migrated = { document, origin: (path) => path };
  for (let steps = 0; steps <= migrations.length; steps += 1) {
    const { document: current, origin } = migrated;
    if (typeof current !== 'object' || current === null || Array.isArray(current)) break;
    const { apiVersion } = current as Mapping;
    const step = migrations.find(({ from }) => from === apiVersion);
    if (step === undefined) break;
    migrated = { document: step.migrate(current as Mapping), origin: (path) => origin(step.origin(path)) };
  }
  return migrated;
}
