import { parseHostName } from '@gatefleet/acme';
import { checkHost } from '@gatefleet/traefik-config';

/** Whether a name can have a certificate at all, whosever it is. */
export type NameCheck =
  | { readonly kind: 'good' }
  /** `reason` completes "the host …". */
  | { readonly kind: 'unusable'; readonly reason: string }
  /** No CA would take it. `reason` is a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Several times what one environment is expected to have; some 10 MB when full. */
const REMEMBERED = 50_000;
/** Of the checks with and without wildcards. */
const memories = { true: new Map<string, NameCheck>(), false: new Map<string, NameCheck>() };

/** Checks a name once, and remembers: all names are looked at again with every change of one. */
export function checkName(host: string, wildcards: boolean): NameCheck {
  const memory = memories[`${wildcards}`];
  const known = memory.get(host);
  if (known !== undefined) return known;
  const check = judge(host, wildcards);
  if (memory.size >= REMEMBERED) memory.clear();
  memory.set(host, check);
  return check;
}

function judge(host: string, wildcards: boolean): NameCheck {
  const check = checkHost(host, { wildcards });
  if (check.kind === 'invalid') return { kind: 'unusable', reason: check.reason };
  const name = parseHostName(host, { wildcards });
  return name.kind === 'refused' ? name : { kind: 'good' };
}
