import type { CaResponse } from './forwarder.ts';
import type { ResourceKind } from './resource-kind.ts';

const withAccount: readonly ResourceKind[] = ['new-account', 'account'];

/**
 * An answer as a CA gives it that keeps no list of an account's orders: the account names none. RFC 8555 (section 7.1.2) wants the list, and
 * Let's Encrypt has none (https://github.com/letsencrypt/boulder/blob/main/docs/acme-divergences.md).
 */
export function hideOrdersList(kind: ResourceKind, answer: CaResponse): CaResponse {
  if (!withAccount.includes(kind) || answer.status >= 400) return answer;
  const { orders: _orders, ...account } = JSON.parse(answer.body.toString()) as Record<string, unknown>;
  return { ...answer, body: Buffer.from(JSON.stringify(account)) };
}
