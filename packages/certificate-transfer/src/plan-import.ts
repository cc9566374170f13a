import { nameSet } from '@gatefleet/acme';
import type { ReadResult, TransferredCertificate } from './transferred-certificate.ts';

/** A certificate that is there already, as far as the plan asks; a CertificateRecord is one. */
export interface ExistingCertificate {
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly notAfter: string;
}

interface Planned {
  readonly source: string;
}

export type ImportStep =
  /** There is none for these names, or one that ends earlier: `replaces` is when. */
  | (Planned & { readonly kind: 'import'; readonly certificate: TransferredCertificate; readonly replaces?: string })
  /** The one that is there lasts at least as long: until `existingUntil`. */
  | (Planned & {
      readonly kind: 'keep';
      readonly names: readonly string[];
      readonly notAfter: string;
      readonly existingUntil: string;
    })
  /** The input itself has one for the same names that lasts longer, at `keptSource`. */
  | (Planned & {
      readonly kind: 'duplicate';
      readonly names: readonly string[];
      readonly notAfter: string;
      readonly keptSource: string;
    })
  /** `reason` completes "… is refused: ". */
  | (Planned & { readonly kind: 'refuse'; readonly names?: readonly string[]; readonly reason: string });

/**
 * What an import would do with everything that was read: what it imports and keeps first, then duplicates, then what it refuses, each in
 * the order of the input. Certificates are compared by their exact set of names.
 *
 * @param now - again, for time passes between reading and importing.
 */
export function planImport(existing: readonly ExistingCertificate[], incoming: ReadResult, now: Date): ImportStep[] {
  const until = new Map<string, string>();
  for (const { names, notAfter } of existing) {
    const other = until.get(keyOf(names));
    if (other === undefined || Date.parse(notAfter) > Date.parse(other)) until.set(keyOf(names), notAfter);
  }
  return [
    ...incoming.certificates.map((certificate) => planOne(certificate, until.get(keyOf(certificate.names)), now)),
    ...incoming.duplicates.map((duplicate): ImportStep => ({ kind: 'duplicate', ...duplicate })),
    ...incoming.refused.map((refused): ImportStep => ({ kind: 'refuse', ...refused })),
  ];
}

function planOne(certificate: TransferredCertificate, existingUntil: string | undefined, now: Date): ImportStep {
  const { source, names, notAfter } = certificate;
  const ends = Date.parse(notAfter);
  if (ends <= now.getTime()) return { kind: 'refuse', source, names, reason: `it ended at ${notAfter}` };
  if (existingUntil === undefined) return { kind: 'import', source, certificate };
  return Date.parse(existingUntil) >= ends
    ? { kind: 'keep', source, names, notAfter, existingUntil }
    : { kind: 'import', source, certificate, replaces: existingUntil };
}

function keyOf(names: readonly string[]): string {
  return nameSet(names).join('\n');
}
