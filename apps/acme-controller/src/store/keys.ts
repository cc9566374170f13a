import { certificateKeys } from '@gatefleet/traefik-config';

/** Where Traefik's KV provider reads. Nothing but its own configuration may be below: any change there reloads every gateway. */
export const GATEWAY_ROOT = 'traefik';
export const GATEWAY_CERTIFICATES = `${GATEWAY_ROOT}/tls/certificates/`;

/** The lock; its LockIndex is the term of the leader. */
export const LEADER = 'gatefleet/leader';

/** Which keys the sealed records below are sealed with, and which formats they are in. */
export const SEALED_WITH = 'gatefleet/sealed-with';

export const ACCOUNTS = 'gatefleet/accounts/';
export const CERTIFICATES = 'gatefleet/certificates/';
export const ORDERS = 'gatefleet/orders/';
export const CHALLENGES = 'gatefleet/challenges/';
export const HOSTS = 'gatefleet/hosts/';
export const LEDGER = 'gatefleet/ledger/';
/** Whether first certificates are ordered. */
export const HOLD = 'gatefleet/hold';
/** Until when no CA is asked. */
export const CA_AWAY = 'gatefleet/ca-away';
/** Certificates as they were when all was well. */
export const SNAPSHOT = 'gatefleet/snapshot/';

/** Certificate ids below {@link GATEWAY_CERTIFICATES}, from the keys there; halves lack the certificate or its key. */
export function publishedIn(keys: readonly string[]): { readonly whole: Set<string>; readonly halves: Set<string> } {
  const all = new Set(keys);
  const ids = new Set(keys.map((key) => key.slice(GATEWAY_CERTIFICATES.length).split('/')[0] ?? ''));
  const isWhole = (id: string) => Object.values(gatewayKeys(id)).every((key) => all.has(key));
  const whole = new Set([...ids].filter(isWhole));
  return { whole, halves: new Set([...ids].filter((id) => !whole.has(id))) };
}

export function gatewayKeys(certificateId: string): { readonly certFile: string; readonly keyFile: string } {
  return certificateKeys(certificateId, GATEWAY_ROOT);
}
