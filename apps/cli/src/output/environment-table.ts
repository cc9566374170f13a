import type { Count, EnvironmentStatus } from '../delivery/environment-status.ts';
import type { Drift } from '../delivery/read-drift.ts';
import type { Writer } from '../delivery/writers.ts';
import { table } from './table.ts';

/** All environments side by side, and below it what needs words. */
export function environmentTable(environments: readonly EnvironmentStatus[], now: Date): string {
  const rows = environments.map(
    ({ name, cluster, commit, deployedAt, sync, health, gateways, store, certificates, drift }) => [
      name,
      cluster,
      commit?.slice(0, 10) ?? '-',
      deployedAt === undefined ? '-' : age(Date.parse(deployedAt), now.getTime()),
      sync,
      health,
      counted(gateways),
      counted(store),
      counted(certificates),
      drift.length === 0 ? '-' : String(drift.length),
    ],
  );
  const header = [
    'ENVIRONMENT',
    'CLUSTER',
    'COMMIT',
    'AGE',
    'SYNC',
    'HEALTH',
    'GATEWAYS',
    'STORE',
    'CERTIFICATES',
    'DRIFT',
  ];
  const words = environments.flatMap(({ name, paused, drift, gateways }) => [
    ...(paused === undefined ? [] : [`${name} is paused ${paused}`]),
    ...drift.map((each) => `${name} is not as git says: ${driftText(each)}`),
    ...(gateways.kind === 'unknown' ? [`${name} cannot be looked into: ${gateways.reason}`] : []),
  ]);
  return [table(header, rows), ...words.map((line) => `${line}\n`)].join('');
}

/** Kubernetes does not tell when somebody scaled, so whose change was the last is not claimed. */
function driftText({ object, writers }: Drift): string {
  return writers.length === 0 ? object : `${object}, written by ${writers.map(writerText).join(' and by ')}`;
}

const writerText = ({ manager, at, fields }: Writer): string =>
  `${manager}${at === undefined ? '' : ` at ${at}`} (${fields.slice(0, 3).join(', ')}${fields.length > 3 ? ', …' : ''})`;

const counted = (count: Count): string => (count.kind === 'counted' ? `${count.right} of ${count.of}` : '?');

/** In the largest unit that is at least one: `45 s`, `12 min`, `3 h`, `9 d`. */
export function age(then: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
