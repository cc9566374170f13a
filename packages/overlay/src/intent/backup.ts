import type { Environment } from '@gatefleet/environment';
import type { Manifest } from '../manifest.ts';
import type { Patch } from '../patch.ts';

/** When snapshots of the store are taken, how many stay, and where. */
export function backupPatches({ backup, storageClass }: Environment['spec']['store']): readonly Patch[] {
  if (!backup.enabled) return [];
  const { every, keep, size } = backup;
  const env = [{ name: 'GATEFLEET_BACKUP_KEEP', value: String(keep) }];
  const template: Manifest = { spec: { containers: [{ name: 'backup', env }] } };
  const className = backup.storageClass ?? storageClass;
  return [
    {
      kind: 'merge',
      fields: ['spec.store.backup'],
      purpose: 'cronjob',
      wanted: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'consul-backup' },
        spec: { schedule: scheduleOf(every), jobTemplate: { spec: { template } } },
      },
    },
    {
      kind: 'merge',
      fields: ['spec.store.backup.keep'],
      purpose: 'job',
      wanted: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'consul-backup' }, spec: { template } },
    },
    {
      kind: 'merge',
      fields: ['spec.store.backup.storageClass', 'spec.store.backup.size', 'spec.store.storageClass'],
      purpose: 'volume',
      wanted: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'consul-backup' },
        spec: {
          ...(className !== undefined && { storageClassName: className }),
          resources: { requests: { storage: size } },
        },
      },
    },
  ];
}

/** Not at the full hour, when everybody else's jobs begin. */
function scheduleOf(every: string): string {
  const hours = Number.parseInt(every, 10);
  return hours === 24 ? '17 3 * * *' : `17 */${hours} * * *`;
}
