import { z } from 'zod';
import { CronSchedule, Duration, GitRevision, GpgKeyId, Recipient, RepositoryUrl, ServiceName } from './names.ts';

const Window = z
  .strictObject({
    kind: z.enum(['allow', 'deny']).describe('Whether syncs are let through or held back while the window is open.'),
    schedule: CronSchedule.describe('When the window opens.'),
    duration: Duration.describe('How long it stays open.'),
    timeZone: z.string().min(1).max(64).default('UTC').describe('Time zone of the schedule, such as Europe/Berlin.'),
    manualSync: z.boolean().default(true).describe('Whether a person may sync while the window holds back.'),
  })
  .describe('Hours at which this environment is or is not synced.');

/** Argo CD's own triggers. @see https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/catalog/ */
const Trigger = z.enum([
  'on-deployed',
  'on-health-degraded',
  'on-sync-failed',
  'on-sync-running',
  'on-sync-status-unknown',
  'on-sync-succeeded',
]);

const Notification = z
  .strictObject({
    on: z.array(Trigger).min(1).describe("What is told: triggers of Argo CD's catalog."),
    service: ServiceName.describe("A service of Argo CD's argocd-notifications-cm, such as slack."),
    recipients: z.array(Recipient).min(1).describe('Who is told: channels, addresses, or what else the service knows.'),
  })
  .describe('Who hears of what Argo CD does with this environment.');

/** How Argo CD brings an environment to what git says. */
export const Sync = z
  .strictObject({
    automated: z.boolean().default(false).describe('Whether Argo CD brings each pushed commit by itself.'),
    selfHeal: z.boolean().default(true).describe('Whether it undoes changes made by hand, where it syncs by itself.'),
    prune: z.boolean().default(true).describe('Whether it deletes what left git, where it syncs by itself.'),
    windows: z.array(Window).default([]).describe('Hours for syncs. None: at any time.'),
    signedBy: z
      .array(GpgKeyId)
      .default([])
      .describe("GPG keys in Argo CD's keyring; a commit that none of them signed is refused. None: any commit."),
    notifications: z.array(Notification).default([]).describe('Who hears of what Argo CD does with this environment.'),
    repository: RepositoryUrl.default('https://github.com/gatefleet/gatefleet.git').describe(
      'Repository that Argo CD reads this environment from.',
    ),
    revision: GitRevision.optional().describe(
      'Branch, tag or commit that Argo CD follows. None: `main`, or with `promotion` the branch `environments/<name>`, which promotions move.',
    ),
  })
  .describe('How Argo CD brings this environment to what git says.');
