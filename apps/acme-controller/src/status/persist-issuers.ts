import { caId, type AccountRecord, type CertificateAuthority, type Stored } from '@gatefleet/acme';
import type { PersistIssuer } from '@gatefleet/certificate-report';
import type { Logger } from '../log.ts';

export interface PersistIssuersOptions {
  readonly cas: readonly Pick<CertificateAuthority, 'directoryUrl' | 'directory'>[];
  readonly accounts: { load(id: string, signal: AbortSignal): Promise<Stored<AccountRecord> | undefined> };
  readonly log: Logger;
}

/**
 * What records of DNS-PERSIST-01 are to name, before there is any order. A CA has the last word in an order's challenge; until then its
 * names are those that it has for CAA, and our account's is its URL. A CA that is away or where we have no account yet is left out.
 */
export async function persistIssuers(
  { cas, accounts, log }: PersistIssuersOptions,
  signal: AbortSignal,
): Promise<readonly PersistIssuer[]> {
  const found = await Promise.all(
    cas.map(async (ca): Promise<PersistIssuer | undefined> => {
      try {
        const accountUri = (await accounts.load(caId(ca.directoryUrl), signal))?.record.url;
        const issuerDomains = (await ca.directory(signal)).meta?.caaIdentities ?? [];
        if (accountUri === undefined || issuerDomains.length === 0) return undefined;
        return { issuer: ca.directoryUrl, issuerDomains, accountUri };
      } catch (err) {
        log.warn({ err, issuer: ca.directoryUrl }, 'finding out what records are to name');
        return undefined;
      }
    }),
  );
  return found.filter((each) => each !== undefined);
}
