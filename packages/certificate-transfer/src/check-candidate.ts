import type { KeyObject, X509Certificate } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { canonicalSerial, nameSet, parseHostName } from '@gatefleet/acme';
import type { Candidate } from './candidate.ts';
import { readChain } from './chain.ts';
import { likelyNames, printable } from './printable.ts';
import { readPrivateKey } from './private-key.ts';
import type { RefusedCertificate, TransferredCertificate } from './transferred-certificate.ts';

export type Checked =
  | { readonly kind: 'good'; readonly certificate: TransferredCertificate }
  | { readonly kind: 'refused'; readonly refused: RefusedCertificate };

/**
 * Whether a certificate may be served: its chain is in order, the key is the leaf's, it is valid at `now`, and its names are host names
 * that packages/acme could renew. The certificates above the leaf may have ended: clients know other paths.
 */
export function checkCandidate(candidate: Candidate, now: Date): Checked {
  const { source, stated = [], hinted = [], fromBackup } = candidate;
  const refuse = (reason: string, names: readonly string[] = likelyNames([...stated, ...hinted])): Checked => ({
    kind: 'refused',
    refused: { source, ...(names.length > 0 && { names }), reason },
  });
  if (candidate.problem !== undefined) return refuse(candidate.problem);
  if (!candidate.chain) return refuse('it has no certificate');
  if (!candidate.privateKey) return refuse('it has no private key');

  const chain = readChain(candidate.chain);
  if (chain.kind === 'unreadable') return refuse(chain.reason);
  const facts = readFacts(chain.leaf);
  if (facts === undefined) return refuse('its certificate cannot be decoded');
  const own = nameSet(facts.dnsNames);
  const refuseNamed = (reason: string) => refuse(reason, likelyNames(own));

  const key = readPrivateKey(candidate.privateKey);
  if (key.kind === 'unreadable') return refuseNamed(key.reason);
  if (!isKeyOf(chain.leaf, key.key)) return refuseNamed('its private key belongs to another certificate');

  const { serial, notBefore, notAfter } = facts;
  if (Date.parse(notAfter) <= now.getTime()) return refuseNamed(`it ended at ${notAfter}`);
  if (Date.parse(notBefore) > now.getTime()) return refuseNamed(`it is not valid before ${notBefore}`);

  const missing = nameSet(stated.map(inAscii)).filter((name) => !own.includes(name));
  if (missing.length > 0) return refuseNamed(`the certificate is not for ${listed(missing)}, as is said of it`);
  if (candidate.namesFrom === 'certificate' && facts.hasOtherNames) {
    return refuseNamed('it has alternative names that are not host names');
  }
  const counted = candidate.namesFrom === 'certificate' ? own : nameSet(stated);
  if (counted.length === 0) return refuseNamed('it names no host');
  const names: string[] = [];
  for (const text of counted) {
    // Where nothing could prove a wildcard, no Ingress gets it.
    const parsed = parseHostName(text, { wildcards: true });
    if (parsed.kind === 'refused') return refuseNamed(`its name ${printable(text)} cannot be taken: ${parsed.reason}`);
    names.push(parsed.name);
  }
  return {
    kind: 'good',
    certificate: {
      names: nameSet(names),
      chain: chain.pem,
      privateKey: key.pem,
      serial,
      notBefore,
      notAfter,
      source,
      ...(fromBackup !== undefined && { fromBackup }),
    },
  };
}

interface Facts {
  readonly dnsNames: readonly string[];
  /** It has alternative names of other kinds: addresses, mailboxes, … */
  readonly hasOtherNames: boolean;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** Undefined where a field is encoded in a way that only shows when it is asked for. */
function readFacts(leaf: X509Certificate): Facts | undefined {
  try {
    // Node quotes what contains a comma or a quote; what comes of splitting that is no host name.
    const entries = leaf.subjectAltName?.split(', ') ?? [];
    const dnsNames = entries.filter((entry) => entry.startsWith('DNS:')).map((entry) => entry.slice('DNS:'.length));
    return {
      dnsNames,
      hasOtherNames: dnsNames.length < entries.length,
      serial: canonicalSerial(leaf.serialNumber),
      notBefore: leaf.validFromDate.toISOString(),
      notAfter: leaf.validToDate.toISOString(),
    };
  } catch {
    return undefined;
  }
}

function isKeyOf(leaf: X509Certificate, key: KeyObject): boolean {
  try {
    return leaf.checkPrivateKey(key);
  } catch {
    // A public key of a kind that this OpenSSL does not know.
    return false;
  }
}

/** Traefik states internationalized names as they were configured; certificates have them in ASCII. */
function inAscii(name: string): string {
  return domainToASCII(name) || name;
}

function listed(names: readonly string[]): string {
  const likely = likelyNames(names);
  return likely.length > 0 ? likely.join(', ') : 'what stands in place of its names';
}
