/** Sorted by name they are sorted by time. */
const form = /^gatefleet-(?<environment>[a-z0-9-]+)-(?<time>\d{8}T\d{6}Z)\.snapshot$/;

/** @param at - seconds count, no less. */
export function snapshotName(environment: string, at: Date): string {
  const time = at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return `gatefleet-${environment}-${time}.snapshot`;
}

/** When a file was taken of this environment, in milliseconds since 1970; undefined where it is another file. */
export function takenAt(environment: string, name: string): number | undefined {
  const found = form.exec(name)?.groups;
  if (found?.['environment'] !== environment || found['time'] === undefined) return undefined;
  const time = Date.parse(found['time'].replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
  return Number.isNaN(time) ? undefined : time;
}

/** Which of the files are to go for `keep` snapshots of this environment to stay: the oldest. All other files stay. */
export function planRetention(environment: string, names: readonly string[], keep: number): readonly string[] {
  const ours = names.filter((name) => takenAt(environment, name) !== undefined).toSorted();
  return ours.slice(0, Math.max(0, ours.length - keep));
}
