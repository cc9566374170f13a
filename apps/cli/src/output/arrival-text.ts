import type { Arrival } from '../delivery/arrive.ts';
import { table } from './table.ts';

/** How it ended, for people: each gateway's proof, or what failed, what is told about it, and the next step. */
export function arrivalText(environment: string, arrival: Arrival): string {
  const at = `${environment} at ${arrival.revision.slice(0, 10)}`;
  if (arrival.kind === 'arrived') {
    const rows = arrival.gateways.map(({ pod, node = '-', serves }) => [pod, node, `${serves.right} of ${serves.of}`]);
    return `${table(['GATEWAY', 'NODE', 'CERTIFICATES'], rows)}\n${at}: synced, healthy, and run by every gateway\n`;
  }
  const { reason, message, resource, explanation, next } = arrival;
  const lines = [`${at}: ${reason}: ${message}`];
  if (resource !== undefined) lines.push(`  resource  ${resource}`);
  for (const event of explanation.events) lines.push(`  event     ${event}`);
  const { log } = explanation;
  if (log !== undefined) {
    lines.push(`  log       the last of ${log.pod}, container ${log.container}:`);
    for (const line of log.lines) lines.push(`            ${line}`);
  }
  lines.push(`  next      ${next}`);
  return `${lines.join('\n')}\n`;
}
