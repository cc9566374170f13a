import { createHash } from 'node:crypto';
import { challengeName } from './challenge-name.ts';

/** A TXT record to be set: its name without a final dot, and its one value. */
export interface TxtRecord {
  readonly fqdn: string;
  readonly value: string;
}

/**
 * The record that proves a host by DNS-01. A wildcard and its base have the same name and, each by its own token, another value.
 * @param host - as in the certificate, `*.` included.
 * @throws DnsChallengeError `BAD_NAME` when the name is longer than DNS allows.
 * @see RFC 8555, section 8.4
 */
export function dnsRecordOf(host: string, keyAuthorization: string): TxtRecord {
  return {
    fqdn: challengeName('_acme-challenge', host),
    value: createHash('sha256').update(keyAuthorization).digest('base64url'),
  };
}
