import type { Environment } from '@gatefleet/environment';
import type { Manifest } from '../manifest.ts';
import { seconds } from './seconds.ts';

type Sync = Environment['spec']['sync'];

/** When Argo CD syncs the environment. @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows/ */
export function syncWindows({ windows }: Sync, application: string): readonly Manifest[] {
  return windows.map(({ kind, schedule, duration, timeZone, manualSync }) => ({
    kind,
    schedule,
    duration: goDuration(duration),
    applications: [application],
    manualSync,
    timeZone,
  }));
}

/** Go, in which Argo CD reads it, has no days. */
function goDuration(duration: string): string {
  return duration.endsWith('d') ? `${seconds(duration) / 3_600}h` : duration;
}
