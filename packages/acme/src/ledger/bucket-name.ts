import { registeredDomain, type CaLimits, type RateLimit } from '@gatefleet/ca-limits';
import { certificateId } from '../keys/certificate-id.ts';

/**
 * What a CA counts by, as a path: `new-accounts`, `new-orders`, `domain/<registered domain>`, `name-set/<certificate id>` or `failed/<host>`. The last
 * part is lower case and has no slash.
 */
export type BucketName = string;

/** A bucket that an order is counted in. */
export interface Need {
  readonly bucket: BucketName;
  readonly limit: RateLimit;
  /** False for one that must not be empty, but is only taken from when something goes wrong. */
  readonly isSpent: boolean;
}

export const newAccountsBucket: BucketName = 'new-accounts';

export const newOrdersBucket: BucketName = 'new-orders';

export const failedBucket = (host: string): BucketName => `failed/${host}`;

/** Everything that an order for these names is counted in at a CA with these limits. */
export function orderNeeds(names: readonly string[], limits: CaLimits): readonly Need[] {
  const { newOrders, certificatesPerDomain, certificatesPerNameSet, failedAuthorizations } = limits;
  const domains = [...new Set(names.map(registeredDomain))].sort();
  return [
    ...need(newOrdersBucket, newOrders),
    ...domains.flatMap((domain) => need(`domain/${domain}`, certificatesPerDomain)),
    ...need(`name-set/${certificateId(names)}`, certificatesPerNameSet),
    ...names.flatMap((name) => need(failedBucket(name), failedAuthorizations, false)),
  ];
}

/** What a new account is counted in. */
export function accountNeeds({ newAccounts }: CaLimits): readonly Need[] {
  return need(newAccountsBucket, newAccounts);
}

function need(bucket: BucketName, limit: RateLimit | undefined, isSpent = true): Need[] {
  return limit === undefined ? [] : [{ bucket, limit, isSpent }];
}
