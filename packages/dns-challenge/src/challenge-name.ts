import { DnsChallengeError } from './errors.ts';

/** In presentation form without the final dot (RFC 1035, section 2.3.4). */
const MAX_NAME = 253;
const MAX_LABEL = 63;

/** `label` in front of a host that lost its `*.`. @throws DnsChallengeError `BAD_NAME` */
export function challengeName(label: string, host: string): string {
  const base = host.replace(/^\*\./, '').replace(/\.$/, '').toLowerCase();
  const name = `${label}.${base}`;
  const labels = name.split('.');
  if (name.length <= MAX_NAME && labels.every(({ length }) => length > 0 && length <= MAX_LABEL)) return name;
  throw new DnsChallengeError('BAD_NAME', `naming the record that proves ${host.slice(0, 300)}: DNS cannot hold it`, {
    hint: `a name has at most ${MAX_NAME} characters with ${label}. before it, and 63 between two dots`,
  });
}
