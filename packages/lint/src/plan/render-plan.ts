import type { FleetPlan } from './plan-fleet.ts';
import { formatDuration } from './format-duration.ts';
import type { PlannedUse } from './planned-certificates.ts';

const unknown =
  'Ingresses of other repositories, and what is issued already, git cannot tell; `gatefleet certs` shows what there is.';

const noApplication = 'has Ingresses, and no Application of this repository deploys it';

const limitNames = {
  certificatesPerDomain: 'certificates per registered domain in 7 days',
  newOrders: 'orders per account in 3 hours',
} as const;

/** For a terminal: certificates by environment, then the limits that they come nearest to. */
export function humanPlan({ environments, certificates, limits, unplaced, failed }: FleetPlan): string {
  const lines = environments.flatMap((name) => {
    const own = certificates.filter(({ environment }) => environment === name);
    const head = `${name}: ${count(own.length, 'certificate')}${own[0] === undefined ? '' : ` from ${new URL(own[0].directory).host}`}`;
    return [head, ...own.map(({ namespace, ingress, hosts }) => `  ${namespace}/${ingress}  ${hosts.join(', ')}`)];
  });
  const uses = limits.map((use) => `  ${limitLine(use)}`);
  return [
    ...lines,
    ...(uses.length === 0 ? [] : ['', 'limits of Let’s Encrypt, if all were ordered now', ...uses]),
    ...unplaced.map((folder) => `not counted: ${folder} ${noApplication}`),
    ...failed.map(({ leaf, message }) => `not looked into: ${leaf}: ${message}`),
    '',
    unknown.replaceAll('`', ''),
    '',
  ].join('\n');
}

/** For a comment on a pull request. */
export function markdownPlan({ environments, certificates, limits, unplaced, failed }: FleetPlan): string {
  const rows = environments.map((name) => {
    const own = certificates.filter(({ environment }) => environment === name);
    return `| ${name} | ${own.length} | ${own.reduce((sum, { hosts }) => sum + hosts.length, 0)} |`;
  });
  return [
    '**Plan**: certificates that the Ingresses of this repository come to.',
    '',
    '| environment | certificates | hosts |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...limits.slice(0, 10).map((use) => `- ${limitLine(use)}`),
    ...unplaced.map((folder) => `- not counted: ${folder} ${noApplication}`),
    ...failed.map(({ leaf }) => `- not looked into, since it does not build: ${leaf}`),
    '',
    unknown,
    '',
  ].join('\n');
}

function limitLine({ limit, of, used, capacity, leastMs }: PlannedUse): string {
  const share = Math.round((used / capacity) * 100);
  return `${of}: ${used} of ${capacity} ${limitNames[limit]} (${share} %)${leastMs === 0 ? '' : `, ${formatDuration(leastMs)} at least`}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
