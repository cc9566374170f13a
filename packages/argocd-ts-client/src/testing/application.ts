import type { Application } from '../applications.ts';

export const commit = 'c0ffee0000000000000000000000000000000001';
export const other = 'c0ffee0000000000000000000000000000000002';

type Status = NonNullable<Application['status']>;

/** An application that runs `commit` in health, with the given differences. */
export function arrived(status: Status = {}, rest: Omit<Application, 'status'> = {}): Application {
  return {
    spec: { project: 'local', syncPolicy: { automated: { prune: true, selfHeal: true } } },
    ...rest,
    status: {
      sync: { status: 'Synced', revision: commit },
      operationState: { phase: 'Succeeded', finishedAt: at(10), syncResult: { revision: commit } },
      reconciledAt: at(11),
      health: { status: 'Healthy' },
      ...status,
    },
  };
}

/** A moment, in seconds after some other. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
}
