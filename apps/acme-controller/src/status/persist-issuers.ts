import { caId, importAccountKey, type AccountRecord, type CertificateAuthority, type Stored } from '@gatefleet/acme';
import type { PersistIssuer } from '@gatefleet/certificate-report';
import type { Logger } from '../log.ts';

export interface PersistIssuersOptions {
  readonly cas: readonly Pick<CertificateAuthority, 'directoryUrl' | 'directory'>[];
  readonly accounts: { load(id: string, signal: AbortSignal): Promise<Stored<AccountRecord> | undefined> };
  readonly log: Logger;
}

/**
 * What records of DNS-PERSIST-01 are to name, before there is any order. A CA has the last word in an order's challenge; until then its
 * names are those that its directory tells, or else has for CAA, and our account's is its URL, or a hash of it where the directory says how.
 * A CA that is away or where we have no account yet is left out.
 */
export async function persistIssuers(
  { cas, accounts, log }: PersistIssuersOptions,
  signal: AbortSignal,
): Promise<readonly PersistIssuer[]> {
  const found = await Promise.all(
    cas.map(async (ca): Promise<PersistIssuer | undefined> => {
      try {
        const account = (await accounts.load(caId(ca.directoryUrl), signal))?.record;
        const { issuerDomainNames, caaIdentities = [], accountHashPrefix } = (await ca.directory(signal)).meta ?? {};
        const issuerDomains = issuerDomainNames ?? caaIdentities;
        if (account?.url === undefined || issuerDomains.length === 0) return undefined;
        const told = { issuer: ca.directoryUrl, issuerDomains, accountUri: account.url };
        if (accountHashPrefix === undefined) return told;
        const { thumbprint } = await importAccountKey(account.privateKey);
        const thumbprints = [thumbprint, ...(account.formerThumbprints ?? [])];
        return { ...told, hashed: { prefix: accountHashPrefix, thumbprints } };
      } catch (err) {
        log.warn({ err, ca: ca.directoryUrl }, 'finding out what records are to name');
        return undefined;
      }
    }),
  );
  return found.filter((each) => each !== undefined);
}
