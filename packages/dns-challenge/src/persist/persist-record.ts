import { createHash } from 'node:crypto';
import { challengeName } from '../challenge-name.ts';
import type { TxtRecord } from '../dns-record-of.ts';
import { quotedTxt } from '../txt-text.ts';

/*
 * DNS-PERSIST-01: one record that stays, and names the account that may have certificates for a host.
 * https://datatracker.ietf.org/doc/draft-ietf-acme-dns-persist/
 */

export interface PersistOptions {
  /** One of the names by which the CA knows itself: of its directory's or its challenge's `issuerDomainNames`. */
  readonly issuerDomain: string;
  /** URL of the account at the CA, or a hash of it: the first of {@link accountUris}. */
  readonly accountUri: string;
  /** Whether it is to hold for the names below the host too. Default: whether the host is a wildcard. */
  readonly wildcard?: boolean | undefined;
  /** No longer than this, to the second; without it for ever. */
  readonly until?: Date | undefined;
}

export interface PersistRecord extends TxtRecord {
  /** The line to be put into a zone file. */
  readonly zoneFileLine: string;
}

/** The record that an operator sets once. @throws DnsChallengeError `BAD_NAME` when the name is longer than DNS allows */
export function persistRecord(host: string, options: PersistOptions): PersistRecord {
  const { issuerDomain, accountUri, wildcard = host.startsWith('*.'), until } = options;
  const fqdn = persistName(host);
  const value = [
    issuerDomain.toLowerCase(),
    `accounturi=${accountUri}`,
    ...(wildcard ? ['policy=wildcard'] : []),
    ...(until === undefined ? [] : [`persistUntil=${Math.floor(until.getTime() / 1_000)}`]),
  ].join('; ');
  return { fqdn, value, zoneFileLine: `${fqdn}. IN TXT ${quotedTxt(value)}` };
}

export function persistName(host: string): string {
  return challengeName('_validation-persist', host);
}

export interface AccountHashOptions {
  /** `accountHashPrefix` of the CA's directory. */
  readonly prefix: string;
  readonly accountUrl: string;
  /** Of the account's key (RFC 7638), SHA-256 in base64url: the part of a key authorization after its dot. */
  readonly thumbprint: string;
}

/** What a record of DNS-PERSIST-01 names. */
export interface PersistAccount {
  readonly uri: string;
  /** Where the CA wants a hash in its place: what it begins with, and the thumbprints of the account's keys, the present one first. */
  readonly hashed?: { readonly prefix: string; readonly thumbprints: readonly string[] } | undefined;
}

/**
 * All that a CA takes for our account in a host's record; the first is the one to be set. Hashed, those are the host's own and the one for any
 * host, with the present key and with former ones: a CA keeps in mind which keys an account had, and records outlive them.
 *
 * @see draft-ietf-acme-dns-persist-02, section 4.1
 */
export function accountUris(host: string, { uri, hashed }: PersistAccount): readonly [string, ...string[]] {
  const [present, ...former] = hashed?.thumbprints ?? [];
  if (hashed === undefined || present === undefined) return [uri];
  const { prefix } = hashed;
  const own = (thumbprint: string) => hashedAccountUri(host, { prefix, accountUrl: uri, thumbprint });
  const anyHosts = [present, ...former].map((thumbprint) =>
    hashedAccountUri('*', { prefix, accountUrl: uri, thumbprint }),
  );
  return [own(present), ...former.map(own), ...anyHosts];
}

/**
 * What the draft asks for from its second version on in place of the account's URL, which it does not show (section 4.1).
 *
 * @param host - `*` for a record that is the same at all hosts.
 */
export function hashedAccountUri(host: string, { prefix, accountUrl, thumbprint }: AccountHashOptions): string {
  const domain = host.replace(/^\*\./, '').replace(/\.$/, '').toLowerCase();
  const hash = createHash('sha256')
    .update(Buffer.from([domain.length]))
    .update(`${domain}${thumbprint}${accountUrl}`);
  return `${prefix}sha-256/${hash.digest('base64url')}`;
}
