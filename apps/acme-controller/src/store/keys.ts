import { certificateKeys } from '@gatefleet/traefik-config';

/** Where Traefik's KV provider reads. Nothing but its own configuration may be below: any change there reloads every gateway. */
export const GATEWAY_ROOT = 'traefik';
export const GATEWAY_CERTIFICATES = `${GATEWAY_ROOT}/tls/certificates/`;

/** The lock; its LockIndex is the term of the leader. */
export const LEADER = 'gatefleet/leader';

export const ACCOUNTS = 'gatefleet/accounts/';
export const CERTIFICATES = 'gatefleet/certificates/';
export const ORDERS = 'gatefleet/orders/';
export const CHALLENGES = 'gatefleet/challenges/';
export const HOSTS = 'gatefleet/hosts/';
export const LEDGER = 'gatefleet/ledger/';

/** Certificate ids below {@link GATEWAY_CERTIFICATES}, from the keys there. */
export function publishedIds(keys: readonly string[]): Set<string> {
  return new Set(keys.map((key) => key.slice(GATEWAY_CERTIFICATES.length).split('/')[0] ?? ''));
}

export function gatewayKeys(certificateId: string): { readonly certFile: string; readonly keyFile: string } {
  return certificateKeys(certificateId, GATEWAY_ROOT);
}
