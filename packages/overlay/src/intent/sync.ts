import { seconds, type Environment } from '@gatefleet/environment';
import type { Manifest } from '../manifest.ts';

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

/** Which commits the project lets in, where it is not all. */
export function sourceIntegrity({ signedBy, repository }: Sync): Manifest | undefined {
  if (signedBy.length === 0) return undefined;
  // `head`: the commit that is deployed; those before it were deployed, or held back, on their own.
  return { git: { policies: [{ repos: [{ url: repository }], gpg: { mode: 'head', keys: [...signedBy] } }] } };
}

/** Annotations that subscribe to what Argo CD does. Argo CD splits recipients at semicolons. */
export function subscriptions({ notifications }: Sync): Readonly<Record<string, string>> {
  const recipients = new Map<string, Set<string>>();
  for (const { on, service, recipients: own } of notifications) {
    for (const trigger of on) {
      const key = `notifications.argoproj.io/subscribe.${trigger}.${service}`;
      recipients.set(key, new Set([...(recipients.get(key) ?? []), ...own]));
    }
  }
  return Object.fromEntries([...recipients].sort().map(([key, all]) => [key, [...all].join(';')]));
}

/** Go, in which Argo CD reads it, has no days. */
function goDuration(duration: string): string {
  return duration.endsWith('d') ? `${seconds(duration) / 3_600}h` : duration;
}
